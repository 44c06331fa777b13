"""What an item is: head nouns read from titles, learned from a catalog alone."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.enrich.expand import type_rules, types_of
from tilth.enrich.synonyms import Titles, find_heads
from tilth.enrich.synonyms.titles import phrases_of
from tilth.records import Entities

TITLES = [
    "Acme X100 Notebook Silver 15.6 inch",
    "Bolt Pro notebook black 14 inch",
    "Cord Z9 Notebook",
    "Acme slim notebook sleeve grey",
    "Bolt notebook sleeve black",
    "Dune felt sleeve for notebooks",
    "Cord laser printer 1200 dpi",
    "Acme colour printer",
    "Dune R5 printer white",
    "Bolt printer cable 2 m",
    "Cord usb cable with adapter",
    "Dune hdmi cable black 3 m",
]
COLOURS = ["silver", "black", None, "grey", "black", None, None, None, "white", None, None, "black"]


def catalog(titles=TITLES, **columns) -> Entities:
    fixed = {"id": [f"i{n}" for n in range(len(titles))], "title": titles, "text": [""] * len(titles)}
    return Entities("item", pa.table({**fixed, **columns}))


def test_a_title_is_phrases_of_words():
    assert phrases_of("HDMI cable for TV (2 m), black") == ("hdmi", "cable", "", "tv", "", "2", "m", "", "black")
    assert phrases_of("") == ()


def test_the_last_word_of_the_phrase_names_the_thing():
    heads = find_heads(Titles.of(catalog(colour=COLOURS)))
    assert heads.words == (*["notebook"] * 3, *["sleeve"] * 3, *["printer"] * 3, *["cable"] * 3)
    # Three of the five titles that it stands in, and two titles' worth of doubt.
    assert heads.share["notebook"] == 3 / (5 + 2)
    assert heads.types() == {"notebook": 3, "sleeve": 3, "printer": 3, "cable": 3}


def test_a_value_of_the_item_is_no_head():
    heads = find_heads(Titles.of(catalog(colour=COLOURS)))
    assert not {"black", "white", "silver"} & set(heads.words)


def test_the_catalogs_own_category_stands_first():
    titles = Titles.of(catalog(colour=COLOURS, category=["Computer", *[None] * 11]))
    types = types_of(titles, find_heads(titles))
    assert types[0] == "Computer notebook"
    assert types[3] == "sleeve"


def test_rules_look_for_types_at_the_end_of_a_query():
    rules = type_rules(["laser printer", "printer", "printer", "cable"])
    assert [(one.source, one.target, one.field, one.provenance, one.anchor) for one in rules] == [
        ("printer", "printer", "type", "rule:type-alone", "whole"),
        ("printer", "printer", "type", "rule:type-last", "end"),
    ]
    assert {one.note for one in rules} == {"type of 3 items"}
    assert len({one.rule_id for one in rules}) == 2


def test_an_empty_catalog_has_no_heads():
    titles = Titles.of(catalog([]))
    assert find_heads(titles).words == ()
    assert types_of(titles, find_heads(titles)) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=8))
def test_any_titles_can_be_read(titles):
    heads = find_heads(Titles.of(catalog(titles)))
    assert len(heads.words) == len(heads.likely) == len(titles)
    assert all(word == (likely[0] if likely else "") for word, likely in zip(heads.words, heads.likely, strict=True))
