"""What may not be shown, and the reason that is kept with it."""

from pathlib import Path

import pytest
from catalog_helpers import catalog, index_of, judged, reasons_by_query
from hypothesis import given
from hypothesis import strategies as st

from tilth.errors import ConfigError
from tilth.suggest.candidates import candidates, merged
from tilth.suggest.config import FilterConfig
from tilth.suggest.filter import SafetyList, apply_filters, load_safety, reasons
from tilth.suggest.filter.duplicates import same_words
from tilth.suggest.filter.form import form_fault

DEFAULT = FilterConfig()


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("cordless drill", None),
        ("18 v drill", None),
        ("1-1/2 inch pipe", None),
        ("drill 2024", None),
        ("caf\u00e9 \u00e0 la cr\u00e8me", None),
        ("\u6771\u4eac", None),
        ("\u0434\u0440\u0435\u043b\u044c", None),
        ("ab", reasons.SHORT),
        ("x" * 61, reasons.LONG),
        ("a b c d e f g h i", reasons.LONG),
        ("x" * 10_000, reasons.LONG),
        ("ann@example.org", reasons.PERSONAL),
        ("call 555 123 4567", reasons.PERSONAL),
        ("+1 (555) 123-4567", reasons.PERSONAL),
        ("order 1234567", reasons.PERSONAL),
        ("see www.example.org", reasons.LINK),
        ("https://x.y", reasons.LINK),
        ("cheap.com deals", reasons.LINK),
        ("p\u0430ypal drill", reasons.MIXED),
        ("drill\u202eexe", reasons.UNREADABLE),
        ("12345", reasons.UNREADABLE),
    ],
)
def test_faults_of_form(query: str, fault: str | None) -> None:
    assert form_fault(query, DEFAULT) == fault


def test_scripts_can_be_restricted() -> None:
    config = FilterConfig(scripts=["LATIN"])
    assert form_fault("drill", config) is None
    assert form_fault("\u0434\u0440\u0435\u043b\u044c", config) == reasons.SCRIPT


@given(st.text(max_size=80))
def test_every_fault_is_a_known_reason(query: str) -> None:
    assert form_fault(query, DEFAULT) in (None, *reasons.REASONS)


def test_deny_wins_over_allow(tmp_path: Path) -> None:
    safety = SafetyList.of(["garden hoses"], ["garden hose", "i9"])
    found = reasons_by_query(judged(tmp_path, ["garden hose", "red garden hose reel", "garden chair"], safety=safety))
    assert found == {
        "garden hose": reasons.UNSAFE,
        "red garden hose reel": reasons.UNSAFE,
        "garden chair": None,
    }


def test_allowed_queries_need_no_form_but_results(tmp_path: Path) -> None:
    safety = SafetyList.of([], ["18 v", "911 5551234"])
    found = reasons_by_query(judged(tmp_path, ["18 v", "911 5551234"], safety=safety))
    assert found == {"18 v": None, "911 5551234": reasons.FINDS_NOTHING}


def test_what_is_denied_stays_denied_whatever_else_is_wrong(tmp_path: Path) -> None:
    found = judged(tmp_path, ["bad drill"], safety=SafetyList.of(["bad"]), rejected=[reasons.HALF_TYPED])
    assert reasons_by_query(found) == {"bad drill": reasons.UNSAFE}


@pytest.mark.parametrize("content", ["deny = 3", "denny = []", "deny = ['!!!']", "deny = ["])
def test_a_safety_list_that_cannot_be_used(tmp_path: Path, content: str) -> None:
    path = tmp_path / "safety.toml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"safety\.toml"):
        load_safety(path)


def test_a_missing_safety_list_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_safety(tmp_path / "safety.toml")


def test_same_words_in_another_order() -> None:
    normals = ["drill bit set", "set of drill bit", "drill bit"]
    assert same_words(normals, normals) == [None, f"{reasons.SAME_WORDS}: drill bit set", None]


def test_round_trips(tmp_path: Path) -> None:
    queries = ["cordless drill", "unicorn", "zyx quux", "drill bit set"]
    found = judged(tmp_path, queries, source="llm:w", item_ids=[["i0"], ["i0"], ["i9"], ["i6"]])
    assert reasons_by_query(found) == {
        "cordless drill": None,
        "unicorn": reasons.FINDS_NOTHING,
        "zyx quux": f"{reasons.NARROW}: 1 in all",
        "drill bit set": reasons.LOSES_SOURCE,
    }
    # By title a thing may be named that there is once.
    named = judged(tmp_path / "titles", ["zyx quux"], item_ids=[["i9"]])
    assert reasons_by_query(named) == {"zyx quux": None}


def test_no_suggestion_without_results_is_ever_kept(tmp_path: Path) -> None:
    words = ["unicorn", "garden", "drill", "hose unicorn", "wood saw", "quux hose bit", "nothing at all"]
    table = judged(tmp_path, words).table.to_pylist()
    index = index_of(tmp_path / "again")
    for row in table:
        assert row["rejected"] is not None or (row["items"] > 0 and len(index.search(row["query"], 1)))


def test_same_results_need_a_word_in_common(tmp_path: Path) -> None:
    # Three items are of Acme, and all of them cordless.
    queries = ["acme cordless", "cordless", "acme", "drill", "garden"]
    found = reasons_by_query(judged(tmp_path, queries))
    same = f"{reasons.SAME_RESULTS}: acme cordless"
    assert found == {"acme cordless": None, "cordless": same, "acme": same, "drill": None, "garden": None}
    apart = reasons_by_query(judged(tmp_path / "apart", ["acme", "cordless"]))
    assert set(apart.values()) == {None}
    free = reasons_by_query(judged(tmp_path / "free", queries, config=FilterConfig(same_results=1.1)))
    assert set(free.values()) == {None}


def test_every_reason_is_counted_and_every_candidate_kept(tmp_path: Path) -> None:
    queries = ["drill", "ab", "unicorn", "drilled bits", "drill bit", "ann@example.org saw"]
    found = judged(tmp_path, queries)
    assert len(found.table) == len(queries)
    assert found.counts() == {
        "title": {
            "kept": 2,
            reasons.SHORT: 1,
            reasons.FINDS_NOTHING: 1,
            reasons.SAME_WORDS: 1,
            reasons.PERSONAL: 1,
        }
    }
    assert {reasons.reason_of(fault) for fault in reasons_by_query(found).values() if fault} <= set(reasons.REASONS)


def test_sources_of_one_query_come_together() -> None:
    people = {"users": [9], "searches": [20], "successes": [10], "popularity": [7.5]}
    log = candidates("log", ["drills"], people)
    title = candidates("title", ["drill"], {"items": [4], "item_ids": [["i0"]], "category": ["power tools"]})
    written = candidates("llm:w", ["drill", "saw for wood"], {"language": ["en", "en"]})
    rows = {row["normal"]: row for row in merged([written, title, log]).to_pylist()}
    row = rows["drill"]
    assert (row["query"], row["source"], row["synthetic"]) == ("drills", "log", False)
    assert (row["users"], row["popularity"], row["items"], row["item_ids"]) == (9, 7.5, 4, ["i0"])
    assert (row["category"], row["language"]) == ("power tools", "en")
    assert rows[merged([written])["normal"][1].as_py()]["synthetic"] is True


def test_a_source_that_may_be_shown_wins_over_one_that_may_not() -> None:
    log = candidates("log", ["drill"], {"rejected": [reasons.HALF_TYPED]})
    (row,) = merged([log, candidates("title", ["drill"])]).to_pylist()
    assert (row["source"], row["rejected"]) == ("title", None)


def test_nothing_at_all(tmp_path: Path) -> None:
    found = apply_filters(merged([]), index_of(tmp_path, catalog()), SafetyList(), DEFAULT)
    assert (len(found.table), found.counts()) == (0, {})
