"""Limits of the engines, at their edges, and what is said of rules beyond them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.enrich.export import FORMATS, export_rules
from tilth.enrich.export.limits import most_that_fit
from tilth.errors import ConfigError, DataError
from tilth.records import Rule
from tilth.text import within_edits


def one_way(count: int, source="term", **more) -> list[Rule]:
    return [Rule(f"r{at}", "synonym", source, f"word{at}", **more) for at in range(count)]


def apart(count: int) -> list[Rule]:
    """Rules that make an entry each; the first weighs most."""
    return [Rule(f"r{at}", "synonym", f"a{at}", f"b{at}", weight=2.0 if at == 0 else 1.0) for at in range(count)]


@pytest.mark.parametrize(("format", "file"), [("elasticsearch", "synonyms_set.json"), ("algolia", "synonyms.json")])
def test_ten_thousand_entries_fit_and_one_more_does_not(tmp_path, format, file):
    assert export_rules(apart(10_000), tmp_path / "fits", format).rules == 10_000
    with pytest.raises(DataError, match=r"1 of 10,001 rules.*r10000 .*10,001 entries.*10,000"):
        export_rules(apart(10_001), tmp_path / "refused", format)
    assert not (tmp_path / "refused").exists()
    exported = export_rules(apart(10_001), tmp_path / "skips", format, on_misfit="skip")
    assert [misfit.rule.rule_id for misfit in exported.skipped] == ["r10000"]
    written = json.loads((tmp_path / "skips" / file).read_text())
    assert len(written["synonyms_set"] if isinstance(written, dict) else written) == 10_000


def test_rules_of_one_source_are_one_entry(tmp_path):
    assert export_rules(one_way(10_001), tmp_path, "elasticsearch").rules == 10_001


def test_the_lightest_rules_find_no_room(tmp_path):
    rules = [*apart(10_000), Rule("heavy", "synonym", "x", "y", weight=9.0)]
    exported = export_rules(rules, tmp_path, "elasticsearch", on_misfit="skip")
    assert [misfit.rule.rule_id for misfit in exported.skipped] == ["r9999"]


@given(room=st.integers(1, 60), guess=st.integers(-5, 70))
def test_the_most_that_fit_are_found_from_any_guess(room, guess):
    assert most_that_fit(50, guess, lambda count: count <= room) == min(room, 49)


def test_meilisearch_takes_fifty_synonyms_of_a_term(tmp_path):
    assert export_rules(one_way(50), tmp_path, "meilisearch").rules == 50
    light = Rule("light", "synonym", "other", "term", weight=0.5, direction="two_way")
    with pytest.raises(DataError, match=r"rule light .*over 50 synonyms"):
        export_rules([light, *one_way(50)], tmp_path, "meilisearch")
    exported = export_rules([light, *one_way(50)], tmp_path, "meilisearch", on_misfit="skip")
    assert [misfit.rule.rule_id for misfit in exported.skipped] == ["light"]
    assert len(json.loads((tmp_path / "synonyms.json").read_text())["term"]) == 50


def test_meilisearch_takes_terms_of_three_words_and_a_hundred_words_of_synonyms(tmp_path):
    export_rules([Rule("1", "synonym", "new york city", "the big old apple")], tmp_path, "meilisearch")
    with pytest.raises(DataError, match="has 4 words"):
        export_rules([Rule("1", "synonym", "new york city-state", "ny")], tmp_path, "meilisearch")
    both = Rule("1", "synonym", "ny", "new york city state", direction="two_way")
    with pytest.raises(DataError, match="one-way towards it"):
        export_rules([both], tmp_path, "meilisearch")
    many = [Rule(str(at), "synonym", "t", f"one two three four {at}") for at in range(20)]
    assert export_rules(many, tmp_path, "meilisearch").rules == 20
    with pytest.raises(DataError, match="over 100 words"):
        export_rules([*many, Rule("more", "synonym", "t", "five", weight=0.1)], tmp_path, "meilisearch")


def test_vespa_takes_words_without_signs_and_synonyms_of_single_words(tmp_path):
    cases = {
        "punctuation": Rule("1", "synonym", "wi-fi", "wlan"),
        "one word": Rule("1", "synonym", "television set", "tv"),
        "one word, not": Rule("1", "synonym", "tv", "television set", direction="two_way"),
        "name of a field": Rule("1", "expansion", "tv", "led", field="a b"),
        "1 percent": Rule("1", "expansion", "tv", "led", weight=0.004),
        "without end": Rule("1", "spelling", "tvv", "tv", direction="two_way"),
        "in case only": Rule("1", "synonym", "TV", "tv"),
    }
    for reason, rule in cases.items():
        with pytest.raises(DataError, match=reason):
            export_rules([rule], tmp_path, "vespa")
    two = [Rule("1", "spelling", "tvv", "tv"), Rule("2", "spelling", "TVV", "tub", weight=0.5)]
    exported = export_rules(two, tmp_path, "vespa", on_misfit="skip")
    assert [misfit.rule.rule_id for misfit in exported.skipped] == ["2"]
    assert (tmp_path / "tilth.sr").read_text() == "tvv -> tv;\n"


def test_vespa_has_all_three_kinds(tmp_path):
    rules = [
        Rule("1", "synonym", "tv", "television set", weight=0.8),
        Rule("2", "expansion", "gaming laptop", "geforce", weight=0.4, field="title"),
        Rule("3", "spelling", "lampp", "lamp"),
    ]
    export_rules(rules, tmp_path, "vespa", name="shop")
    expected = 'lampp -> lamp;\ntv +> ="television set"!80;\ngaming laptop +> $title:geforce!40;\n'
    assert (tmp_path / "shop.sr").read_text() == expected


def test_algolia_takes_corrections_of_one_word(tmp_path):
    rules = [Rule("1", "spelling", "lampp", "lamp"), Rule("2", "spelling", "labtpo", "laptop")]
    export_rules(rules, tmp_path, "algolia")
    written = json.loads((tmp_path / "synonyms.json").read_text())
    assert [(one["type"], one["word"], one["corrections"]) for one in written] == [
        ("altcorrection2", "labtpo", ["laptop"]),
        ("altcorrection1", "lampp", ["lamp"]),
    ]
    with pytest.raises(DataError, match="single word"):
        export_rules([Rule("1", "spelling", "headset", "head set")], tmp_path, "algolia")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("a", "", True), ("lamp", "lamps", True), ("lmap", "lamp", True), ("lamp", "lump", True), ("lamp", "lamp", True),
     ("lapm", "lump", False), ("lamp", "lampss", False), ("abc", "cba", False), ("ab", "ba", True)],
)  # fmt: skip
def test_one_edit_is_told_from_two(one, other, expected):
    assert within_edits(one, other, 1) is expected
    assert within_edits(other, one, 1) is expected


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (Rule("bad", "synonym", " ", "b"), "source is empty"),
        (Rule("bad", "synonym", "a", "x" * 1_001), "1,001 characters"),
        (Rule("bad", "synonym", "a\x00b", "b"), "control character"),
        (Rule("bad", "synonym", "a", "b\ud800"), "half a character"),
        (Rule("bad", "synonym", "a", "!?"), "no letter or digit"),
        (Rule("bad", "synonym", "a b", "a  b"), "are the same"),
        (Rule("bad", "synonym", "a", "b", weight=0), "weight is 0"),
        (Rule("bad", "synonym", "a", "b", weight=float("nan")), "weight is nan"),
    ],
)
def test_what_fits_no_engine_is_refused_by_all(tmp_path, format, rule, reason):
    good = Rule("good", "synonym", "a", "c" * 1_000)
    with pytest.raises(DataError, match=f"1 of 2 rules do not fit {format}: rule bad .*{reason}"):
        export_rules([good, rule], tmp_path, format)
    exported = export_rules([good, rule], tmp_path, format, on_misfit="skip")
    assert exported.rules == 1
    assert exported.to_json()["skipped"][0]["rule_id"] == "bad"
    with pytest.raises(DataError, match="no rule to export"):
        export_rules([rule], tmp_path, format, on_misfit="skip")


def test_notes_say_what_is_lost(tmp_path):
    rule = Rule("1", "synonym", "a\nb", "c", weight=0.5, field="title")
    notes = " ".join(export_rules([rule], tmp_path, "solr").notes)
    assert "whitespace was made one space" in notes
    assert "1 that weigh other than 1 count as 1" in notes
    assert "hold for all fields" in notes
    both = [Rule("1", "synonym", "a", "b"), Rule("2", "synonym", "b", "c"), Rule("3", "synonym", "a", "#1")]
    assert "1 targets are sources too" in " ".join(export_rules(both[:2], tmp_path, "vespa").notes)
    assert "drops # from" in " ".join(export_rules(both, tmp_path, "typesense").notes)
    build = export_rules([Rule(str(at), "synonym", f"a{at}", "b") for at in range(1_001)], tmp_path, "algolia")
    assert "Build plan" in " ".join(build.notes)


def test_messages_show_hostile_texts_as_escapes(tmp_path):
    rule = Rule("\x1b[31m", "synonym", "\u202ebad\x07", "b")
    with pytest.raises(DataError) as caught:
        export_rules([rule], tmp_path, "csv")
    assert "rule \\x1b[31m ('\\u202ebad\\x07' to 'b')" in str(caught.value)


def test_formats_and_names_are_checked(tmp_path):
    with pytest.raises(ConfigError, match="formats are algolia"):
        export_rules(one_way(1), tmp_path, "sphinx")
    with pytest.raises(ConfigError, match="cannot name rules"):
        export_rules(one_way(1), tmp_path, "vespa", name="../x")
