"""Miners of synonyms: joined words, initials, neighbours, co-clicked queries, reformulations."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from tilth.enrich.synonyms import SynonymConfig, mine, to_rules
from tilth.enrich.synonyms.log import LogSettings, coclicked, reformulated
from tilth.enrich.synonyms.neighbours import NeighbourSettings, neighbours
from tilth.enrich.synonyms.variants import initials, joined_words
from tilth.errors import ConfigError
from tilth.records import SEARCH_SCHEMA, Entities, Searches

START = datetime(2024, 5, 1, 12, tzinfo=UTC)


def test_two_words_of_the_catalog_written_as_one():
    phrases = [
        ("wireless", "headset"),
        ("headset",),
        ("head", "lamp"),
        ("head", "torch"),
        ("tool", "set"),
        ("tea", "set"),
    ]
    (found,) = joined_words(phrases)
    assert (found.source, found.target, found.direction) == ("head set", "headset", "one_way")
    both = joined_words([*phrases, ("head", "set")])
    assert both[0].direction == "two_way"
    assert both[0].note == "joined in 2 titles, apart in 1"


def test_a_short_part_is_no_word():
    assert joined_words([("outlet",), ("outlet",), ("ou",), ("ou",), ("tlet",), ("tlet",)]) == []


def test_initials_with_what_they_stand_for():
    long = ("uninterruptible", "power", "supply")
    phrases = [("ups", *long), (*long, "", "ups"), (*long, "black"), ("ups",), ("xl", "x", "l")]
    (found,) = initials(phrases)
    assert (found.source, found.target, found.weight) == ("ups", "uninterruptible power supply", 2 / 3)


def test_initials_that_meet_by_accident():
    assert initials([("pc", "print", "cartridge")] * 9) == [], "two letters need ten titles"
    assert len(initials([("pc", "print", "cartridge")] * 10)) == 1
    assert initials([("abc", "abc", "blue", "case")] * 5) == [], "spelled out with itself"
    rare = [("abc", "a", "big", "case"), ("abc", "able", "big", "case"), *[("able", "big", "case")] * 3]
    assert initials(rare) == []


def catalog_of_slots() -> list[tuple[str, ...]]:
    """`laptop` and `notebook` stand before the same words and never together; `mouse` and `pad` always do."""
    sides = ["sleeve", "lock", "stand", "bag", "dock", "cover"]
    words = [(one, side, "", "for", "computers", "and", "office") for one in ("laptop", "notebook") for side in sides]
    others = [("mouse", "pad", colour) for colour in ("red", "blue", "green", "white")]
    more = [(one, two) for one in ("garden", "kitchen") for two in ("chair", "table", "lamp", "shelf")]
    return [*words, *others, *more]


def test_words_in_the_same_places_are_neighbours():
    found = neighbours(catalog_of_slots(), NeighbourSettings(fewest=2, similarity=0.3))
    pairs = {(one.source, one.target): one for one in found}
    assert ("laptop", "notebook") in pairs
    assert ("mouse", "pad") not in pairs, "no place of theirs is shared"
    assert pairs["laptop", "notebook"].provenance == "rule:neighbours"
    assert "together 0.00" in pairs["laptop", "notebook"].note
    assert neighbours([("a",)], NeighbourSettings()) == []


def searches(*rows: tuple[str, str, int, int, list[str]]) -> Searches:
    """Session (a person of its own), query, minute, results, clicked."""
    table = [
        {"session_id": session, "user_id": None, "query": query, "ts": START + timedelta(minutes=minute)}
        | {"results": results, "shown": None, "clicked": clicked}
        for session, query, minute, results, clicked in rows
    ]
    return Searches(pa.Table.from_pylist(table, schema=SEARCH_SCHEMA))


def test_queries_with_the_same_clicks():
    log = searches(
        ("a", "sofa", 0, 9, ["i1", "i2"]),
        ("b", "Couch", 0, 9, ["i1", "i2"]),
        ("c", "sofa bed", 0, 9, ["i1"]),
        ("d", "lamp", 0, 9, ["i9"]),
    )
    (found,) = coclicked([log], LogSettings(likeness=0.9))
    assert (found.source, found.target, found.weight) == ("couch", "sofa", pytest.approx(0.5))
    assert found.note == "clicks alike 1.00, pairs 1"
    assert coclicked([log], LogSettings(users=3)) == []


def test_what_people_type_when_nothing_was_found():
    log = searches(
        *(row for who in "ab" for row in ((who, "red telly", 0, 0, []), (who, "red tv", 1, 5, ["i1"]))),
        ("c", "red telly", 0, 3, ["i2"]),
        ("d", "telly", 0, 0, []),
        ("d", "tv", 60, 5, ["i1"]),
    )
    (found,) = reformulated([log], LogSettings())
    # Three sessions went on from it to another query, two of them to a click within ten minutes.
    assert (found.source, found.target, found.direction) == ("telly", "tv", "one_way")
    assert found.note == "2 of 3"
    assert reformulated([log], LogSettings(users=3)) == []


def test_all_miners_and_their_rules():
    titles = ["headset", "head", "set"] * 2
    columns = {"id": [str(n) for n in range(len(titles))], "title": titles, "text": [""] * len(titles)}
    items = Entities("item", pa.table(columns))
    config = SynonymConfig(miners=("joined", "initials"))
    rules = to_rules(mine(items, [], config))
    assert {rule.provenance for rule in rules} == {"rule:joined"}
    assert rules == to_rules(mine(items, [], config)), "from run to run the same"
    assert mine(items, [], SynonymConfig(miners=("initials",))) == []
    with pytest.raises(ConfigError, match="similarity"):
        mine(items, [], SynonymConfig(similarity=2))
