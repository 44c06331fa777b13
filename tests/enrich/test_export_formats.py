"""Exported rules read back by readers that know only the format: what goes in comes out, whatever the texts."""

import json
from itertools import combinations, permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from export_readers import (
    NASTY,
    WORDS,
    Pairs,
    algolia_objects,
    csv_rows,
    managed_map,
    rooted,
    solr_lines,
    term_map,
    vespa_rules,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.data import read_rules
from tilth.enrich.export import FORMATS, Exported, export_rules
from tilth.enrich.export.pairs import gather
from tilth.enrich.prove.applying import RuleBook
from tilth.errors import DataError
from tilth.records import Rule

PIECES = [
    "a", "lamp", "B1", " ", ",", "=>", "=", ">", "#", "\\", '"', "'", ";", "|", "+>", "!", ":", "$", "\n", "\r\n", "\t",
    "é", "笔记本", "مرحبا", "שלום", "😀", "👩‍💻", "\u202e", "\u2028", "\u00a0", "\x00", "\x1b", "\ud800", "ﬁ", "İ",
    "word " * 4,
]  # fmt: skip
texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join), st.just("x" * 10_000), st.sampled_from(["tv", "set"])
)
rule_lists = st.lists(
    st.tuples(
        st.sampled_from(["synonym", "synonym", "expansion", "spelling"]),
        texts,
        texts,
        st.sampled_from([0.001, 0.5, 1.0, 2.0]),
        st.sampled_from(["one_way", "two_way"]),
        st.sampled_from([None, "title"]),
    ),
    min_size=1,
    max_size=8,
).map(lambda rows: [Rule(str(at), *row) for at, row in enumerate(rows)])


def test_the_readers_know_their_formats():
    assert solr_lines("# no\n\ni-pod, i pod\na\\,b => a\\,b, c\n") == {
        ("i-pod", "i pod"),
        ("i pod", "i-pod"),
        ("a,b", "c"),
    }
    with pytest.raises(AssertionError, match="replaced"):
        solr_lines("a => b")
    assert vespa_rules('tv +> ="tele vision"!80 =telly;\nlampp -> lamp;\na b +> $title:c!40;\n') == {
        "synonym": {("tv", "tele vision", 80, None), ("tv", "telly", 100, None)},
        "spelling": {("lampp", "lamp", 100, None)},
        "expansion": {("a b", "c", 40, "title")},
    }


def pairs(rules: list[Rule], kind: str, fold=str) -> Pairs:
    found: Pairs = set()
    for rule in rules:
        if rule.kind == kind:
            one = fold(rule.source), fold(rule.target)
            found |= {one, one[::-1]} if rule.direction == "two_way" else {one}
    return found


def check(exported: Exported, rules: list[Rule]) -> None:
    """What was not skipped stands in the files, and nothing else."""
    skipped = {misfit.rule.rule_id for misfit in exported.skipped}
    left = [
        Rule(rule.rule_id, rule.kind, " ".join(rule.source.split()), " ".join(rule.target.split()), *rest(rule))
        for rule in rules
        if rule.rule_id not in skipped
    ]
    assert exported.rules == len(left)
    content = {path.name: path.read_bytes() for path in exported.files}
    read = {name: text.decode() for name, text in content.items() if not name.endswith(".parquet")}
    synonyms = pairs(left, "synonym")
    match exported.format:
        case "solr":
            assert solr_lines(read["synonyms.txt"]) == synonyms
            assert managed_map(read["managed_synonyms.json"]) == synonyms
        case "elasticsearch":
            entries = json.loads(read["synonyms_set.json"])["synonyms_set"]
            assert len({entry["id"] for entry in entries}) == len(entries)
            assert all("\n" not in entry["synonyms"] for entry in entries)
            assert solr_lines("\n".join(entry["synonyms"] for entry in entries)) == synonyms
        case "opensearch":
            assert solr_lines(read["tilth_synonyms.txt"]) == synonyms
            inline = json.loads(read["analysis_inline.json"])["settings"]["analysis"]["filter"]["tilth_synonyms"]
            assert solr_lines("\n".join(inline["synonyms"])) == synonyms
        case "typesense":
            items = json.loads(read["synonym_set.json"])["items"]
            assert rooted(items) == synonyms
            assert [json.loads(line) for line in read["synonyms.jsonl"].splitlines()] == items
        case "meilisearch":
            assert term_map(read["synonyms.json"]) == synonyms
        case "algolia":
            objects = algolia_objects(read["synonyms.json"])
            assert objects == {"synonym": synonyms, "spelling": pairs(left, "spelling")}
        case "vespa":
            found = vespa_rules(read["tilth.sr"])
            for kind in ("synonym", "expansion", "spelling"):
                assert {(one[0], one[1]) for one in found[kind]} == pairs(left, kind, str.lower)
        case "tantivy":
            for name in ("rules.parquet", "rules.jsonl"):
                back = read_rules(exported.folder / name)
                assert back == left
                assert RuleBook(back).rules == tuple(left)
        case "csv":
            rows = csv_rows(read["rules.csv"])
            assert [(row["rule_id"], row["source"], row["target"]) for row in rows] == [
                (rule.rule_id, rule.source, rule.target) for rule in left
            ]
            assert read_rules(exported.folder / "rules.csv") == left
        case "json":
            assert [Rule(**row) for row in json.loads(read["rules.json"])] == left
    for kind, name in (("spelling", "spelling.json"), ("expansion", "expansions.json")):
        if name in read:
            table = json.loads(read[name])
            assert {(source, one["target"]) for source, some in table.items() for one in some} == pairs(left, kind)


def rest(rule: Rule) -> tuple:
    return rule.weight, rule.direction, rule.field, rule.provenance, rule.note


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=30, deadline=None)
@given(rules=rule_lists)
def test_what_fits_is_read_back_and_the_rest_is_listed(format, rules):
    with TemporaryDirectory() as name:
        folder = Path(name)
        try:
            exported = export_rules(rules, folder, format, on_misfit="skip")
        except DataError:
            assert not any(folder.iterdir())
            return
        check(exported, rules)
        if exported.skipped:
            with TemporaryDirectory() as other:
                with pytest.raises(DataError, match="do not fit"):
                    export_rules(rules, Path(other), format)
                assert not any(Path(other).iterdir())
        before = {path.name: path.read_bytes() for path in exported.files}
        again = export_rules(rules, folder, format, on_misfit="skip")
        assert {path.name: path.read_bytes() for path in again.files} == before
        assert sorted(path.name for path in folder.iterdir()) == sorted(before)
        if format not in ("csv", "json", "tantivy") and not exported.skipped:
            turned = export_rules(rules[::-1], folder, format)
            assert {path.name: path.read_bytes() for path in turned.files} == before


@pytest.mark.parametrize("format", FORMATS)
def test_signs_of_the_grammars_are_only_signs_in_a_text(tmp_path, format):
    terms = [*NASTY, *WORDS]
    rules = [Rule(f"from{at}", "synonym", term, f"target {at}") for at, term in enumerate(terms)]
    rules += [Rule(f"to{at}", "synonym", f"source{at}", term, direction="two_way") for at, term in enumerate(terms)]
    exported = export_rules(rules, tmp_path, format, on_misfit="skip")
    check(exported, rules)
    assert bool(exported.skipped) is (format == "vespa")


relations = st.dictionaries(
    st.sampled_from(list(combinations("abcdef", 2))),
    st.sampled_from(["there", "back", "both", "both", "both"]),
    min_size=1,
)


@settings(max_examples=100, deadline=None)
@given(found=relations)
def test_groups_say_no_more_than_the_pairs(found):
    """That a is b and b is c does not make a into c: groups are cliques."""
    rules = [
        Rule(
            str(at),
            "synonym",
            *(pair[::-1] if way == "back" else pair),
            direction="two_way" if way == "both" else "one_way",
        )
        for at, (pair, way) in enumerate(found.items())
    ]
    synonyms = gather(rules)
    said: Pairs = {pair for group in synonyms.groups for pair in permutations(group, 2)}
    both = {pair for pair, way in found.items() if way == "both"}
    assert said == both | {pair[::-1] for pair in both}
    one_way = {(source, one) for source, targets in synonyms.one_way for one in targets}
    assert one_way == pairs(rules, "synonym") - said


def test_three_that_are_all_synonyms_make_one_group():
    def both(*some: str) -> list[Rule]:
        return [Rule(pair, "synonym", pair[0], pair[1], direction="two_way") for pair in some]

    assert gather(both("ab", "bc", "ca")).groups == (("a", "b", "c"),)
    assert gather(both("ab", "bc")).groups == (("a", "b"), ("b", "c"))
    assert gather([Rule("1", "synonym", "a", "b"), Rule("2", "synonym", "b", "a")]).groups == (("a", "b"),)
