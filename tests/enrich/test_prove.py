"""Rules replayed on judged queries: helpful ones stay, harmful ones go, and no set ships that does worse unseen."""

import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from tilth.artifacts.index import IndexConfig, SearchIndex
from tilth.enrich.prove import Judged, ProveConfig, Replay, prove
from tilth.enrich.prove.applying import RuleBook
from tilth.enrich.prove.believed import Means
from tilth.enrich.prove.select import harmful as harmful_in
from tilth.enrich.prove.select import without_burdens
from tilth.errors import ConfigError, DataError
from tilth.records import Entities, Judgments, Rule, rule_table, rules_of

COUNT = 12
QUICK = ProveConfig(n_boot=200, depth=100)


def entities(rows: dict[str, str], role="item") -> Entities:
    return Entities(role, pa.table({"id": list(rows), "title": list(rows.values()), "text": [""] * len(rows)}))


def world() -> tuple[dict[str, str], list[str], list[dict[str, float]]]:
    """For each n a good item that the query's own word does not find, and a bad one that it does."""
    titles, queries, grades = dict[str, str](), list[str](), list[dict[str, float]]()
    for n in range(COUNT):
        titles |= {f"good{n}": f"notebook{n}x maker", f"bad{n}": f"laptop{n}x sleeve"}
        queries.append(f"laptop{n}x")
        grades.append({f"good{n}": 3.0, f"bad{n}": 0.0})
    return titles, queries, grades


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> SearchIndex:
    titles, _, _ = world()
    return SearchIndex.build(entities(titles), tmp_path_factory.mktemp("prove") / "x", config=IndexConfig(stem=False))


@pytest.fixture(scope="module")
def judged() -> Judged:
    _, queries, grades = world()
    return Judged(tuple(queries), tuple(grades), ("human:panel",))


def helpful(count=COUNT, provenance="rule:miner") -> list[Rule]:
    return [
        Rule(f"h{n}", "synonym", f"laptop{n}x", f"notebook{n}x", weight=2.0, provenance=provenance)
        for n in range(count)
    ]


def harmful(count=COUNT) -> list[Rule]:
    return [Rule(f"b{n}", "synonym", f"laptop{n}x", "sleeve", weight=9.0, provenance="model:bad") for n in range(count)]


def test_rules_that_help_are_kept_with_their_evidence(index, judged):
    proof = prove(helpful(), judged, index, QUICK)
    assert proof.verdict == "keep"
    assert len(proof.kept) == COUNT
    assert proof.baseline["ndcg"].value == 0
    assert proof.with_kept["ndcg"].value == 1
    assert proof.families[0].chosen
    assert proof.families[0].touched == COUNT
    one = proof.rules[0]
    assert (one.queries, one.helped, one.hurt, one.verdict) == (1, 1, 0, "keep")
    assert one.gain.value == 1
    assert proof.sources == ("human:panel",)


def test_a_selection_is_judged_on_queries_it_has_not_seen(index, judged):
    # Each rule speaks to one query, so nothing seen in one fold changes another one but through the family.
    proof = prove(helpful(), judged, index, QUICK)
    assert proof.held_out["ndcg"].value == 1
    assert proof.changes["ndcg"].low == 1


def test_rules_that_hurt_never_ship(tmp_path):
    titles, queries, grades = world()
    swapped = [{item: 3 - grade for item, grade in given.items()} for given in grades]
    index = SearchIndex.build(entities(titles), tmp_path / "x", config=IndexConfig(stem=False))
    judged = Judged(tuple(queries), tuple(swapped))
    proof = prove(helpful(), judged, index, QUICK)
    assert proof.baseline["ndcg"].value == 1
    assert proof.verdict == "reject"
    assert proof.kept == ()
    assert {one.verdict for one in proof.rules} == {"reject"}
    assert proof.with_kept == proof.baseline


def test_the_harmful_family_is_left_out_of_the_set(index, judged):
    proof = prove([*helpful(), *harmful()], judged, index, QUICK)
    assert proof.verdict == "keep"
    assert set(proof.kept) == {f"h{n}" for n in range(COUNT)}
    assert [family.name for family in proof.families if family.chosen] == ["rule:miner"]


def test_a_rule_that_speaks_to_no_judged_query_goes_with_its_family(index, judged):
    silent = Rule("s", "synonym", "unheard", "of", provenance="rule:miner")
    lonely = Rule("l", "synonym", "unheard", "of", provenance="rule:other")
    proof = prove([*helpful(), silent, lonely], judged, index, QUICK)
    verdicts = {one.rule_id: one for one in proof.rules}
    assert verdicts["s"].verdict == "keep"
    assert "family" in verdicts["s"].reason
    assert math.isnan(verdicts["s"].gain.value)
    assert verdicts["l"].verdict == "not_enough_evidence"


def test_little_evidence_is_called_so(index, judged):
    proof = prove(helpful(1), judged, index, QUICK)
    assert proof.verdict == "not_enough_evidence"
    assert proof.kept == ()


def test_rules_that_no_judged_query_speaks_of_are_not_rejected(index, judged):
    proof = prove([Rule("r", "synonym", "zeppelin", "airship", 1.0, "one_way", "rule:miner")], judged, index, QUICK)
    assert (proof.verdict, proof.reason) == ("not_enough_evidence", "no rule speaks to a judged query")
    assert not proof.kept


def test_two_way_rules_speak_to_both_sides_and_spelling_takes_the_place(tmp_path):
    titles = {"a": "head set", "b": "headset", "c": "lamp"}
    index = SearchIndex.build(entities(titles), tmp_path / "x", config=IndexConfig(stem=False))
    judged = Judged(("head set", "headset", "the LAMPP"), ({"b": 1.0}, {"a": 1.0}, {"c": 1.0}))
    rules = [
        Rule("1", "synonym", "head set", "headset", direction="two_way"),
        Rule("2", "spelling", "lampp", "lamp"),
    ]
    replay = Replay(index, judged, rules, QUICK)
    assert replay.applying == [[(0, False)], [(0, True)], [(1, False)]]
    plain, ruled = replay.measure(frozenset()), replay.measure(frozenset({0, 1}))
    assert plain[:, 3].tolist() == [0, 0, 1]
    assert ruled[:, 3].tolist() == [0, 0, 0]
    assert (ruled[:, 2] == 1).all()


def test_judged_queries_come_from_judgments_and_contexts():
    contexts = entities({"q1": "red lamp", "q2": "blue lamp"}, "context")
    rows = [("q1", "a", 2.0), ("q1", "a", 3.0), ("q1", "b", 0.0), ("q2", "a", 0.0), ("q2", "b", None)]
    table = pa.table(
        {
            "context_id": [row[0] for row in rows],
            "item_id": [row[1] for row in rows],
            "source": ["human:one", "human:two", "human:one", "human:one", "human:one"],
            "grade": pa.array([row[2] for row in rows], pa.float64()),
        }
    )
    judged = Judged.of(Judgments(table), contexts)
    assert judged.queries == ("red lamp",)
    assert judged.grades == ({"a": 2.5, "b": 0.0},)
    assert judged.sources == ("human:one", "human:two")
    with pytest.raises(DataError, match="no query"):
        Judged.of(Judgments(table.slice(3)), contexts)


def test_what_cannot_be_proved_is_refused(index, judged):
    with pytest.raises(DataError, match="too few"):
        prove(helpful(), Judged(judged.queries[:9], judged.grades[:9]), index, QUICK)
    with pytest.raises(DataError, match="same rule_id"):
        prove([*helpful(1), *helpful(1)], judged, index, QUICK)
    with pytest.raises(ConfigError, match="folds"):
        prove(helpful(), judged, index, ProveConfig(folds=1))
    with pytest.raises(ConfigError, match="depth"):
        prove(helpful(), judged, index, ProveConfig(depth=5))


def test_a_proof_is_plain_json(index, judged):
    written = prove(helpful(), judged, index, QUICK).to_json()
    assert written["rules"][0]["gain"] == {"value": 1.0, "low": None, "high": None}  # one query has no interval
    assert written["verdict"] == "keep"


def test_rules_are_read_from_their_table():
    rows = [{"rule_id": "1", "kind": "synonym", "source": "a", "target": "b", "weight": 1.0, "direction": "one_way"}]
    table = pa.Table.from_pylist([{**rows[0], "field": None, "provenance": "rule:x", "note": None}])
    assert rules_of(table) == [Rule("1", "synonym", "a", "b", provenance="rule:x")]


def test_a_rule_at_the_end_of_a_query_speaks_to_no_other_place(index):
    judged = Judged(("laptop bag", "thin laptop", "laptop"), ({"good1": 1.0},) * 3)
    rules = [Rule(name, "expansion", "laptop", "x", anchor=name) for name in ("anywhere", "end", "whole")]
    replay = Replay(index, judged, rules, QUICK)
    assert [[rules[number].rule_id for number, _ in some] for some in replay.applying] == [
        ["anywhere"],
        ["anywhere", "end"],
        ["anywhere", "end", "whole"],
    ]


def test_the_weight_is_chosen_from_the_factors(index, judged):
    weak = [replace(rule, weight=0.001) for rule in helpful()]
    config = ProveConfig(n_boot=200, depth=100, factors=(1.0, 2000.0))
    assert prove(weak, judged, index, QUICK).held_out["ndcg"].value < 0.7
    proof = prove(weak, judged, index, config)
    assert proof.held_out["ndcg"].value == 1
    assert proof.families[0].factor == 2000
    assert {rule.weight for rule in proof.ships} == {2.0}
    assert proof.kept == tuple(rule.rule_id for rule in proof.ships)
    assert proof.to_json()["weights"]["h0"] == 2.0


def test_a_family_that_hurts_more_than_it_helps_is_not_chosen(index):
    # Three queries profit from their rule and nine suffer. Without the harmful rules the family looks good on what was
    # seen, whatever it does to others.
    _, queries, grades = world()
    turned = [
        given if n % 4 == 0 else {item: 3 - grade for item, grade in given.items()} for n, given in enumerate(grades)
    ]
    proof = prove(helpful(), Judged(tuple(queries), tuple(turned)), index, QUICK)
    assert proof.kept == ()
    assert not proof.families[0].chosen


def test_rules_keep_their_anchor_in_a_table():
    rules = [Rule("1", "expansion", "a", "a", 0.1, field="type", anchor="end"), Rule("2", "synonym", "b", "c")]
    assert rules_of(rule_table(rules)) == rules


def test_a_rule_with_evidence_of_its_own_ships_without_its_family(tmp_path):
    # One rule speaks to six queries and helps; six more of its family speak to one each and hurt.
    titles = {f"good{n}": f"sofa{n}x couch" for n in range(COUNT)} | {f"fair{n}": f"seat{n}x" for n in range(COUNT)}
    titles |= {f"bad{n}": f"decoy{n}x" for n in range(COUNT)}
    queries = tuple(f"seat{n}x {'couch' if n % 2 else 'lamp'}" for n in range(COUNT))
    grades = tuple({f"good{n}": 2.0, f"fair{n}": 3.0, f"bad{n}": 0.0} for n in range(COUNT))
    index = SearchIndex.build(entities(titles), tmp_path / "x", config=IndexConfig(stem=False))
    hurting = [Rule(f"b{n}", "synonym", f"seat{n}x", f"decoy{n}x", weight=9.0) for n in range(COUNT)]
    telling = [Rule("telling", "synonym", "lamp", "couch", weight=0.1)]
    judged = Judged(queries, grades, ("human:panel",))
    proof = prove([*telling, *hurting], judged, index, ProveConfig(n_boot=200, depth=100, objective="condensed"))
    evidence = {one.rule_id: one for one in proof.rules}
    assert not proof.families[0].chosen
    assert proof.families[0].verdict == "reject"
    assert proof.kept == ("telling",), proof.reason
    assert evidence["telling"].reason == "it helps by itself, and its family does not"
    assert evidence["telling"].gain.low > 0
    assert evidence["telling"].beside.value == pytest.approx(evidence["telling"].gain.value)
    assert {evidence[rule.rule_id].verdict for rule in hurting} == {"reject"}


def test_a_rule_that_hurts_only_beside_another_goes(tmp_path):
    titles = {"best": "notebook", "poor": "sleeve sleeve", "none": "paper"}
    index = SearchIndex.build(entities(titles), tmp_path / "x", config=IndexConfig(stem=False))
    judged = Judged(("laptop",), ({"best": 3.0, "poor": 1.0},))
    rules = [Rule("a", "synonym", "laptop", "notebook"), Rule("b", "synonym", "laptop", "sleeve", weight=5.0)]
    replay, here = Replay(index, judged, rules, QUICK), np.ones(1, dtype=bool)
    both = frozenset({0, 1})
    assert harmful_in(replay, both, here) == frozenset()
    assert without_burdens(replay, both, here) == {0}
    assert without_burdens(replay, frozenset({1}), here) == {1}


def test_the_error_of_a_model_is_taken_off():
    # Ten queries that people and a model judged, 0.2 and 0.5; ten that only the model did, 0.5. By hand: the mean over
    # all is 0.35, half of the queries are the model's alone, and its error is 0.3.
    both = {place: {"i": 1.0} for place in range(10)}
    judged = Judged(("q",) * 20, ({"i": 1.0},) * 20, ("human:a", "model:m"), both, frozenset(range(10, 20)))
    means = Means(judged, QUICK)
    values = np.array([0.2] * 10 + [0.5] * 10)
    by_model = np.full(20, 0.5)
    found = means.estimate(values, by_model)
    assert found.value == pytest.approx(0.35 - 0.5 * 0.3)
    assert found.low == pytest.approx(0.2)  # the model is wrong by the same everywhere: nothing is left to chance
    spread = values + np.tile([0.3, -0.3], 10)
    assert means.estimate(spread, by_model).high > found.high + 0.05
    few = Judged(judged.queries, judged.grades, judged.sources, {0: {"i": 1.0}}, frozenset(range(10, 20)))
    assert Means(few, QUICK).estimate(values, by_model).value == pytest.approx(0.35)


def rows_of(rows: list[tuple[str, str, str, float]]) -> Judgments:
    names = ("context_id", "item_id", "source", "grade")
    return Judgments(pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)}))


def test_people_come_before_models_and_nobody_is_called_a_person():
    contexts = entities({"q1": "red lamp", "q2": "blue lamp", "q3": "lamp"}, "context")
    said = [("q1", "a", "human:ann", 2.0), ("q1", "a", "model:m", 0.0), ("q1", "b", "model:m", 3.0)]
    said += [("q2", "a", "model:m", 1.0), ("q3", "a", "human:ann", 0.0), ("q3", "a", "model:m", 3.0)]
    judged = Judged.of(rows_of(said), contexts)
    assert judged.queries == ("red lamp", "blue lamp"), "people found nothing for q3, whatever the model says"
    assert judged.grades == ({"a": 2.0}, {"a": 1.0})
    assert judged.others == {0: {"a": 0.0, "b": 3.0}}
    assert judged.doubted == {1}
    assert judged.sources == ("human:ann", "model:m")


def test_a_model_alone_proves_nothing(index, judged):
    alone = replace(judged, sources=("model:m",), doubted=frozenset(range(COUNT)))
    proof = prove(helpful(), alone, index, QUICK)
    assert (proof.verdict, proof.kept) == ("not_enough_evidence", ())
    assert "judged by model:m and by no person" in proof.reason
    assert proof.belief.unchecked == COUNT
    worse = prove(harmful(), alone, index, QUICK)
    assert worse.verdict == "reject"


def test_a_model_whose_error_people_measured_counts(index, judged):
    queries, grades = judged.queries, judged.grades
    checked = replace(
        judged,
        sources=("human:panel", "model:m"),
        others={place: grades[place] for place in range(10)},
        doubted=frozenset({10, 11}),
    )
    proof = prove(helpful(), checked, index, QUICK)
    assert (proof.verdict, len(proof.kept)) == ("keep", COUNT)
    assert (proof.belief.both, proof.belief.pairs, proof.belief.agreement.value) == (10, 20, 1.0)
    assert "measured on 10 queries" in proof.belief.sentence
    # A model that says the opposite of people is found out, though its own queries look good.
    turned = {place: {item: 3 - grade for item, grade in grades[place].items()} for place in range(10)}
    assert prove(helpful(), replace(checked, others=turned), index, QUICK).belief.agreement.value == 0
    assert len(queries) == COUNT


def test_a_corrected_word_is_found_whatever_signs_stand_around_it():
    book = RuleBook([Rule("1", "spelling", "lampp", "lamp"), Rule("2", "spelling", "tabel", "table", anchor="end")])

    def searched(query: str) -> str:
        return book.rewrite(query, book.applying(query)).query

    assert searched("red LAMPP") == "red lamp"
    assert searched("lampp, red") == "lamp red"
    assert searched("tabel tabel") == "tabel table", "only the end is the rule's"
    assert searched("tabel lamp") == "tabel lamp"


@pytest.mark.parametrize("seed", range(4))
def test_no_set_does_worse_than_none(tmp_path, seed):
    """Whatever people judged, and whatever the rules are."""
    rng = np.random.default_rng(seed)
    words = [f"w{n}" for n in range(8)]
    titles = {f"i{n}": " ".join(rng.choice(words, 3)) for n in range(40)}
    queries = tuple(" ".join(rng.choice(words, 2, replace=False)) for _ in range(COUNT))
    grades = tuple({f"i{n}": float(rng.integers(0, 4)) for n in rng.choice(40, 12, replace=False)} for _ in queries)
    grades = tuple(given | {"i0": 3.0} for given in grades)
    rules = [
        Rule(f"r{n}", kind, *map(str, rng.choice(words, 2, replace=False)), 1.0 + n % 3, provenance=f"rule:m{n % 3}")
        for n, kind in enumerate(["synonym", "expansion", "spelling"] * 6)
    ]
    index = SearchIndex.build(entities(titles), tmp_path / "x", config=IndexConfig(stem=False))
    proof = prove(rules, Judged(queries, grades), index, QUICK)
    gain = sum(proof.with_kept[name].value - proof.baseline[name].value for name in ("ndcg", "ndcg_condensed"))
    assert gain >= 0
    assert bool(proof.kept) == (proof.verdict == "keep")
    if proof.kept:
        assert min(proof.changes[name].value for name in ("ndcg", "ndcg_condensed")) >= 0
        assert proof.changes["zero_results"].value <= 0
        assert gain > 0
    assert {one.rule_id for one in proof.rules if one.verdict == "keep"} >= set(proof.kept)
