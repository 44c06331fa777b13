"""Phrases of titles, facets and rules, by hand."""

import pyarrow as pa
import pytest
from catalog_helpers import catalog
from hypothesis import given
from hypothesis import strategies as st

from tilth.errors import ConfigError
from tilth.records import Attributes
from tilth.suggest.candidates import CANDIDATE_SCHEMA
from tilth.suggest.config import FacetConfig, SuggestConfig, TitleConfig, check_suggest
from tilth.suggest.mine.facets import from_facets, from_rules
from tilth.suggest.mine.titles import from_titles


def phrases(*titles: str, **settings: int) -> dict[str, int]:
    table = from_titles(catalog([(title, "c") for title in titles]), TitleConfig(**settings))
    assert table.schema.equals(CANDIDATE_SCHEMA)
    return dict(zip(table["query"].to_pylist(), table["items"].to_pylist(), strict=True))


def test_phrases_are_counted_by_titles() -> None:
    found = phrases("dr pepper, 1 l", "dr pepper, 2 l", "cola", "dr pepper of dr pepper", "dr pepper, 3 l", "dr pepper")
    # Each of the two words stands in the same five titles as both, and is a piece of them.
    assert found == {"dr pepper": 5, "cola": 1}
    few = phrases("dr pepper, 1 l", "dr pepper, 2 l")
    assert few == {"dr": 2, "pepper": 2, "dr pepper": 2}


def test_little_words_measures_and_codes_make_no_phrase() -> None:
    found = phrases("Set of 18 in. DW735X for the home", "Set of 18 in. DW735X for the car", max_words=6)
    assert {"set", "home", "car"} - set(found) == {"home", "car"}
    assert not {"18", "18 in", "dw735x", "the", "of", "set of", "18 in dw735x"} & set(found)


def test_a_short_title_is_a_phrase_of_its_own() -> None:
    assert phrases("The Daily Moth", "Another Show") == {"another show": 1}
    assert phrases("Daily Moth", max_words=1) == {}
    assert phrases("Daily Moth", max_words=0) == {}


def test_phrases_do_not_reach_over_punctuation() -> None:
    found = phrases("drill, red", "drill, red", "drill - red", "drill (red)")
    assert found == {"drill": 4, "red": 4}


def test_other_scripts_and_empty_titles() -> None:
    assert phrases("", "  ", "!!!", "\u00e9clair au caf\u00e9") == {"\u00e9clair au caf\u00e9": 1}
    assert phrases("\u6771\u4eac\u30bf\u30ef\u30fc", "\u6771\u4eac\u30bf\u30ef\u30fc") == {
        "\u6771\u4eac\u30bf\u30ef\u30fc": 2
    }


def test_the_category_and_items_of_a_phrase() -> None:
    row = next(row for row in from_titles(catalog(), TitleConfig()).to_pylist() if row["query"] == "cordless drill")
    assert (row["category"], row["item_ids"], row["items"], row["synthetic"]) == ("power tools", ["i0", "i1"], 2, False)


@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_titles_give_phrases_once_each(titles: list[str]) -> None:
    table = from_titles(catalog([(title, "c") for title in titles]), TitleConfig())
    normals = table["normal"].to_pylist()
    assert len(set(normals)) == len(normals)
    assert all(normals)


def test_a_long_hostile_title_takes_no_time() -> None:
    found = phrases("word " * 20_000, "a-" * 20_000, "(" * 20_000)
    assert len(found) < 10


def test_facets_alone_and_with_their_category() -> None:
    items = catalog(brand=["Acme", "Acme", "Bolt", "Acme", "Acme", "Bolt", "", None, "Acme | Bolt", "power tools"])
    table = from_facets(items, None, FacetConfig(columns=["brand"], min_items=2))
    found = dict(zip(table["query"].to_pylist(), table["items"].to_pylist(), strict=True))
    assert found == {"acme": 5, "bolt": 3, "acme power tools": 3}
    assert set(table["source"].to_pylist()) == {"facet"}


def test_rules_from_the_configuration() -> None:
    items = catalog(creator=["Ann", "Ann", "Bob", "Ann", *[None] * 6])
    kinds = Attributes("item", pa.table({"id": ["i0", "i1", "i3"], "kinds": [["new", "old"], ["new"], ["new"]]}))
    rules = {"covers": "{creator} covers", "kinds": "{kinds} tools by {creator}"}
    table = from_rules(items, kinds, rules, FacetConfig(min_items=3))
    assert [(row["query"], row["source"], row["items"]) for row in table.to_pylist()] == [
        ("ann covers", "rule:covers", 3),
        ("new tools by ann", "rule:kinds", 3),
    ]
    assert all(table["synthetic"].to_pylist())


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"a": "no column"}, "names no column"),
        ({"a": "{x"}, "expected '}'"),
        ({"a": "{x!r}"}, "write columns as"),
        ({"a": "{}"}, "write columns as"),
    ],
)
def test_rules_that_cannot_be_read(rules: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        check_suggest(SuggestConfig(rules=rules))


def test_a_rule_cannot_reach_into_objects() -> None:
    with pytest.raises(ConfigError, match="no column or attribute"):
        from_rules(catalog(), None, {"a": "{title.__class__}"}, FacetConfig())


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(ConfigError, match="'brand'"):
        from_facets(catalog(), None, FacetConfig(columns=["brand"]))
