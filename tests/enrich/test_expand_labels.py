"""Labelled queries: where labels come from, what they teach, and what is measured with them."""

import json

import numpy as np
import pyarrow as pa
import pytest

from tilth.enrich.expand import ExpandConfig, LabelledQuery, build_understander, check_expand, clicked_labels
from tilth.enrich.expand.categories import count_categories
from tilth.enrich.expand.labels import CLICKS, judged_labels, strongest
from tilth.enrich.expand.measure import TEMPERATURES, HeldOut, choose, fold_of, measure
from tilth.errors import ConfigError
from tilth.records import JUDGMENT_SCHEMA, SEARCH_SCHEMA, Entities, Judgments, Positive, Searches

CATEGORY = {"n1": "Laptop", "n2": "Laptop", "c1": "Case", "x": ""}


def judged(*rows: tuple[str, str, str, float | None]) -> Judgments:
    names = ("context_id", "item_id", "source", "grade")
    return Judgments(pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema=JUDGMENT_SCHEMA))


def contexts(**titles: str) -> Entities:
    return Entities(
        "context", pa.table({"id": list(titles), "title": list(titles.values()), "text": [""] * len(titles)})
    )


def test_the_categories_of_relevant_items_label_a_query():
    rows = [
        ("q1", "n1", "human:panel", 3.0),
        ("q1", "n2", "human:panel", 2.0),
        ("q1", "c1", "human:panel", 1.0),  # below half of 3
        ("q1", "x", "human:panel", 3.0),  # has no category
        ("q2", "c1", "human:panel", None),
        ("q1", "c1", "model:cheap", 1.0),
    ]
    people, model = judged_labels(judged(*rows), contexts(q1="Thin  laptops", q2="case"), CATEGORY)
    assert people == {"thin laptop": LabelledQuery("Thin  laptops", {"Laptop": 2}, "human:panel")}
    assert model["thin laptop"].counts == {"Case": 1}
    assert strongest([model, people])["thin laptop"].source == "human:panel"
    relevant = Positive("relevant", at_least=2)
    assert judged_labels(judged(*rows), contexts(q1="a"), CATEGORY, relevant)[0]["a"].counts == {"Laptop": 2}
    for bad in (Positive("bad", below=2), Positive("bad", at_least=2)):
        counts = [one.counts for one in judged_labels(judged(*rows), contexts(q1="a"), CATEGORY, bad)[0].values()]
        assert counts == [{"Laptop": 2} if bad.below else {"Case": 1}], "what is called bad is not relevant"
    assert judged_labels(judged(("q1", "n1", "human:a", 0.0)), contexts(q1="a"), CATEGORY) == [{}]


def test_the_categories_that_people_click_on_label_a_query():
    def search(query: str, user: str | None, *clicked: str) -> dict:
        return {"query": query, "user_id": user, "session_id": None, "clicked": list(clicked)}

    rows = [search("Laptops", f"u{n}", "n1", "n2", "gone") for n in range(3)]
    rows += [search("laptop", "u0", "n1"), search("laptop", "u9", "c1"), search("case", "u1", "c1")]
    rows += [{"query": "laptop", "user_id": "u8", "clicked": None}]
    logs = [Searches(pa.Table.from_pylist(rows[:2], schema=SEARCH_SCHEMA))]
    logs += [Searches(pa.Table.from_pylist(rows[2:], schema=SEARCH_SCHEMA))]
    found = clicked_labels(logs, CATEGORY, min_users=3)
    assert found == {"laptop": LabelledQuery("Laptops", {"Laptop": 3, "Case": 1}, CLICKS)}
    assert found["laptop"].category().p == 3 / 5
    assert clicked_labels([], CATEGORY, min_users=1) == {}


def test_a_labelled_query_counts_as_so_many_titles():
    titles, kinds = ["a"] * 3 + ["b"] * 3, ["A"] * 3 + ["B"] * 3
    counts = count_categories(titles, kinds, [("a", {"B": 1.0}), ("new", {"A": 1.0, "B": 3.0, "gone": 9.0})])
    with_all = counts.fit(4.0)
    # "a": 3 in A, 4 in B. "new": 4 * 1/4 in A, 4 * 3/4 in B. Sizes: 3 + 1 and 3 + 4 + 3.
    assert np.exp(with_all.prior) == pytest.approx([4 / 14, 10 / 14])
    total = np.array([4 + 0.3, 10 + 0.3])  # counts of features in a category, plus 0.1 for each of three
    wanted = np.log([4 / 14, 10 / 14]) + np.log((np.array([1, 3]) + 0.1) / total)
    assert with_all.log_odds("new") == pytest.approx(wanted, abs=1e-5)
    assert counts.fit(4.0, np.array([True, False])).log_odds("new") is None
    assert counts.fit().log_odds("new") is None
    assert counts.fit(1.0).log_odds("new") is None, "one title's worth is too little to go by"


def held(count: int, word: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    queries = [word.format(n) for n in range(count)]
    return queries, np.arange(count) % 2, np.array([fold_of(query, 5) for query in queries])


def test_a_query_is_answered_by_a_model_that_has_not_seen_it():
    """Each query has a word of its own, which nothing but its label could teach."""
    queries, labels, fold = held(60, "w{0}w")
    shown = [(query, {"AB"[label]: 1.0}) for query, label in zip(queries, labels, strict=True)]
    counts = count_categories(["a"] * 3 + ["b"] * 3, ["A"] * 3 + ["B"] * 3, shown)
    assert counts.fit(10.0).log_odds(queries[0]) is not None
    chosen = choose(counts, HeldOut(queries, labels, fold, fold))
    assert (chosen.best == -1).all()
    found = measure(chosen, labels, ["human:a"] * 60)[0]
    assert (found.accuracy.value, found.coverage, found.gain.value, found.sure_share) == (0.0, 0.0, 0.0, 0.0)
    assert np.isnan(found.calibration_error)
    json.dumps(found.to_json())


def test_what_labelled_queries_add_is_measured_against_titles_alone():
    """People say `zig` and `zag`; the catalog says `a` and `b`, and knows `zig` from one title of the wrong kind."""
    labels = np.arange(80) % 2
    queries = [f"{('zig', 'zag')[label]} {n}" for n, label in enumerate(labels)]
    fold = np.array([fold_of(query, 5) for query in queries])
    shown = [(query, {"AB"[label]: 1.0}) for query, label in zip(queries, labels, strict=True)]
    titles = ["a", "a", "a zag", "a zag", "a zag", "b", "b", "b zig", "b zig", "b zig"]
    counts = count_categories(titles, ["A"] * 5 + ["B"] * 5, shown)
    sources = ["human:a"] * 40 + ["model:b"] * 29 + ["synthetic:c"] * 11
    chosen = choose(counts, HeldOut(queries, labels, fold, fold))
    found = measure(chosen, labels, sources)
    assert [one.source for one in found] == ["human:a"], "29 are too few, and what is synthetic measures nothing"
    assert (found[0].titles_accuracy.value, found[0].accuracy.value, found[0].gain.value) == (0.0, 1.0, 1.0)
    assert found[0].accuracy.low == pytest.approx(0.912, abs=0.001)  # Wilson, 40 of 40
    assert chosen.weight > 0
    assert chosen.temperature in TEMPERATURES


def test_the_whole_is_built_with_labels_and_says_so():
    titles = ["a", "a", "a zag", "a zag", "a zag", "b", "b", "b zig", "b zig", "b zig"]
    items = Entities("item", pa.table({"id": list("0123456789"), "title": titles, "text": [""] * 10}))
    kinds = ["A"] * 5 + ["B"] * 5
    queries = [f"{('zig', 'zag')[n % 2]} {n}" for n in range(80)]
    labels = {query: LabelledQuery(query, {"AB"[n % 2]: 1.0}, "human:a") for n, query in enumerate(queries)}
    built = build_understander(items, kinds, [], [], labels, ExpandConfig())
    assert (built.taught_by, built.notes, len(built.measures)) == ({"human:a": 80}, (), 1)
    assert built.understander.understand("zig").category.name == "A"
    few = build_understander(items, kinds, [], [], {"zig": LabelledQuery("zig", {"A": 1.0}, "human:a")}, ExpandConfig())
    assert few.measures == ()
    assert "not measured: queries with a known category: 1;" in few.notes[0]
    assert few.understander.understand("zig").category.name == "B"


@pytest.mark.parametrize("wrong", [{"head": -1}, {"min_users": 0}, {"folds": 1}])
def test_settings_out_of_range(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        check_expand(ExpandConfig(**wrong))
