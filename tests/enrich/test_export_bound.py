"""Rules that are bound to the end of a query, or to all of it: exported where an engine has their like, and applied
there as the embedded index applies them."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from export_readers import algolia_applied, vespa_applied
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.enrich.export import FORMATS, export_rules
from tilth.enrich.prove.applying import RuleBook
from tilth.errors import DataError
from tilth.records import Rule

QUERIES = ["laptop", "gaming laptop", "laptop bag", "thin gaming laptop", "bag", "laptop laptop"]
TYPES = [
    Rule("1", "expansion", "laptop", "laptop", 0.4, field="type", anchor="whole"),
    Rule("2", "expansion", "laptop", "laptop", 0.1, field="type", anchor="end"),
    Rule("3", "expansion", "gaming laptop", "gamer", 0.2, field="type", anchor="end"),
    Rule("4", "expansion", "bag", "bag", 0.1, field="type", anchor="end"),
]


def put(rules: Sequence[Rule], folder: Path, format: str, **more: Any) -> dict[str, str]:
    exported = export_rules(rules, folder, format, **more)
    return {path.name: path.read_text() for path in exported.files}


def boosts_of(rules: Sequence[Rule], query: str) -> dict[tuple[str | None, str], int]:
    """What the embedded index moves up, the heaviest of equal ones, in hundredths."""
    book, found = RuleBook(rules, stemmed=False), dict[tuple[str | None, str], int]()
    for boost in book.rewrite(query, book.applying(query)).boosts:
        key = (boost.field, boost.text)
        found[key] = max(round(100 * boost.weight), found.get(key, 0))
    return found


def test_types_are_looked_for_in_vespa_and_algolia_as_here(tmp_path):
    vespa, algolia = (put(TYPES, tmp_path / one, one) for one in ("vespa", "algolia"))
    assert vespa["tilth.sr"] == (
        ". laptop . +> $type:laptop!40;\ngaming laptop . +> $type:gamer!20 $type:laptop!10;\n"
        "bag . +> $type:bag!10;\nlaptop . +> $type:laptop!10;\n"
    )
    assert json.loads(algolia["rules.json"])[0]["conditions"] == [
        {"pattern": "laptop", "anchoring": "is", "alternatives": False}
    ]
    for query in QUERIES:
        expected = boosts_of(TYPES, query)
        found = vespa_applied(vespa["tilth.sr"], query)
        assert {(field, target): percent for _, target, percent, field in found} == expected, query
        _, filters = algolia_applied(algolia["rules.json"], query)
        assert {(facet, value): score for facet, value, score in filters} == expected, query


words = st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True).map(" ".join)
bound_rules = st.lists(
    st.tuples(words, st.sampled_from(["x", "y", "a"]), st.sampled_from([0.1, 0.5]), st.sampled_from(["end", "whole"])),
    min_size=1,
    max_size=6,
)


@settings(max_examples=100, deadline=None)
@given(found=bound_rules, query=words)
def test_bound_expansions_apply_alike_everywhere(found, query):
    rules = [
        Rule(str(at), "expansion", source, target, weight, field="type", anchor=anchor)
        for at, (source, target, weight, anchor) in enumerate(found)
    ]
    expected = boosts_of(rules, query)
    with TemporaryDirectory() as name:
        vespa = vespa_applied(put(rules, Path(name) / "v", "vespa")["tilth.sr"], query)
        assert {(field, target): percent for _, target, percent, field in vespa} == expected
        _, filters = algolia_applied(put(rules, Path(name) / "a", "algolia")["rules.json"], query)
        assert {(facet, value): score for facet, value, score in filters} == expected


def test_bound_corrections_replace_the_query_or_its_last_word(tmp_path):
    rules = [
        Rule("1", "spelling", "counter top", "countertop", anchor="whole"),
        Rule("2", "spelling", "lampp", "lamp", anchor="end"),
    ]
    vespa, algolia = (put(rules, tmp_path / one, one) for one in ("vespa", "algolia"))
    assert vespa["tilth.sr"] == ". counter top . -> countertop;\nlampp . -> lamp;\n"
    book = RuleBook(rules, stemmed=False)
    for query in ("counter top", "counter top oak", "red lampp", "lampp red", "lampp"):
        expected = book.rewrite(query, book.applying(query)).query
        assert algolia_applied(algolia["rules.json"], query)[0] == expected
    typesense = put(rules, tmp_path / "typesense", "typesense")
    (item,) = json.loads(typesense["curation_set.json"])["items"]
    assert item["rule"] == {"query": "counter top", "match": "exact"}
    assert (item["replace_query"], item["remove_matched_tokens"]) == ("countertop", False)
    assert json.loads(typesense["spelling.json"]) == {"lampp": [{"target": "lamp", "weight": 1.0, "anchor": "end"}]}


@pytest.mark.parametrize("format", ["elasticsearch", "opensearch", "solr", "meilisearch"])
def test_what_is_looked_up_says_where_it_holds(tmp_path, format):
    free = Rule("0", "expansion", "laptop", "geforce", 0.3)
    written = put([*TYPES, free], tmp_path, format)
    entries = json.loads(written["expansions.json"])["laptop"]
    assert [(one["target"], one.get("field"), one.get("anchor")) for one in entries] == [
        ("laptop", "type", "whole"),
        ("geforce", None, None),
        ("laptop", "type", "end"),
    ]


SYNONYM = Rule("bound", "synonym", "mouse", "pointer", anchor="end")


@pytest.mark.parametrize("format", [one for one in FORMATS if one not in ("vespa", "csv", "json", "tantivy")])
def test_a_bound_synonym_is_beyond_most_engines(tmp_path, format):
    with pytest.raises(
        DataError, match=f"holds only at the end of a query, beyond {format}, whose synonyms hold wherev"
    ):
        put([SYNONYM], tmp_path, format)


def test_vespa_binds_synonyms_of_one_word(tmp_path):
    both = [SYNONYM, Rule("2", "expansion", "mouse", "usb", 0.5, anchor="end")]
    assert put(both, tmp_path, "vespa")["tilth.sr"] == "mouse . +> =pointer $usb!50;\n"
    crowded = [*both, Rule("3", "expansion", "gaming mouse", "rgb", anchor="end")]
    with pytest.raises(DataError, match=r"1 of 3 rules.*rule bound .*a longer rule that is bound to the same end"):
        put(crowded, tmp_path, "vespa")


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (Rule("1", "expansion", "a", "b", anchor="end"), "names no field"),
        (Rule("1", "expansion", "a", "b", field="a:b", anchor="end"), "names no field"),
        (Rule("1", "expansion", "a", "b<score=9>", field="type", anchor="end"), "take no such value"),
        (Rule("1", "spelling", "a b", "c", anchor="end"), "edit single words"),
        (Rule("1", "spelling", "{facet:a}", "c", anchor="whole"), "braces"),
    ],
)
def test_what_algolias_rules_do_not_take_is_said(tmp_path, rule, reason):
    with pytest.raises(DataError, match=reason):
        put([rule], tmp_path, "algolia")


def test_a_value_that_looks_like_a_negative_filter_is_escaped(tmp_path):
    rule = Rule("1", "expansion", "a", "-b", field="type", anchor="end")
    (one,) = json.loads(put([rule], tmp_path, "algolia")["rules.json"])
    assert one["consequence"]["params"] == {"optionalFilters": ["type:\\-b<score=100>"]}
    assert algolia_applied(json.dumps([one]), "a") == ("a", {("type", "-b", 100)})
