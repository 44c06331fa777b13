"""What the audit's page says in each case; numbers are those of the made-up sample."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_audit_sample import FINDINGS, MEASURES, audit_content, gap, measure

from tilth.records import GAP_SCHEMA
from tilth.report.audit import AuditFinding, render_audit
from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.rows import take
from tilth.report.audit.sections.items import bins
from tilth.report.audit.summary import about, summarize
from tilth.report.audit.windows import window_name
from tilth.report.audit.words import (
    cold_sentence,
    feedback_sentence,
    gap_sentence,
    results_sentence,
    unmet_sentence,
)
from tilth.report.phrases import full_sentence


def said(sentence) -> str:
    return sentence.striptags().replace("\u202f", " ") if sentence else ""


def facts_with(**values: float | None) -> AuditFacts:
    """The sample with other values of the measures named, a dot of their names written as two underscores."""
    named = {name.replace("__", "."): value for name, value in values.items()}
    low_high = {"low": None, "high": None}
    measures = tuple(replace(one, value=named[one.name], **low_high) if one.name in named else one for one in MEASURES)
    return AuditFacts(audit_content(measures=measures))


def gaps_of(*rows) -> AuditFacts:
    return AuditFacts(audit_content(gaps=pa.Table.from_pylist(list(rows), schema=GAP_SCHEMA)))


def test_the_summary_has_seven_sentences_and_ends_with_what_to_do():
    summary = summarize(AuditFacts(audit_content()))
    sentences = [said(sentence) for sentence in summary.sentences]
    assert len(sentences) == 7
    assert sentences[0] == (
        "35.4 % (34.2–36.6 %) of the items were never interacted with: 3,449 of 9,742; 18.2 % once, 24.1 % 2 to "
        "10 times."
    )
    assert sentences[1] == (
        "The most popular fifth of the items takes 87.4 % (87.0–87.8 %) of the interactions, and the top 1 % alone "
        "21.4 % (Gini 0.871)."
    )
    assert sentences[-1] == (
        "Spend first on short texts in Drama: reading 812 items takes about 812 LLM calls, which cost $1.12, and "
        "touches 9.4 % of the demand."
    )
    assert [entry.value for entry in summary.numbers] == ["35.4\u202f%", "87.4\u202f%", "8.7\u202f%", "$1.12"]


def test_what_there_is_room_for_is_said_where_little_was_measured():
    few = tuple(one for one in MEASURES if one.name.startswith(("items.", "popularity.", "feedback.")))
    sentences = summarize(AuditFacts(audit_content(measures=few))).sentences
    assert len(sentences) == 5
    assert "1.84 (1.78–1.90) times as popular" in said(sentences[2])


def test_nothing_is_said_as_nothing():
    assert said(cold_sentence(facts_with(items__cold_share=0.0))).startswith("Every item was interacted with at least")
    assert said(cold_sentence(facts_with(items__cold_share=None))) == ""
    assert said(feedback_sentence(facts_with(feedback__negative_share=0.0))) == (
        "None of the events is an explicit negative."
    )


@pytest.mark.parametrize(
    ("empty", "unclicked", "text"),
    [
        (0.062, 0.412, "6.2 % of the searches bring back nothing, and 41.2 % get no click."),
        (0.0, 0.412, "41.2 % of the searches get no click; none came back empty."),
        (0.062, None, "6.2 % of the searches bring back nothing."),
        (None, 0.412, "41.2 % of the searches get no click."),
        (None, None, ""),
    ],
)
def test_results_and_clicks_as_far_as_they_were_logged(empty, unclicked, text):
    facts = facts_with(search__zero_result_share=empty, search__zero_click_share=unclicked)
    assert said(results_sentence(facts)) == text


def test_a_small_gap_is_first_only_where_there_is_no_other():
    small, large = (
        gap("a", "enrich", "little", "items", 1, 0.001, 0.01),
        gap("b", "enrich", "much", "items", 9, 0.2, 5.0),
    )
    assert "much" in said(gap_sentence(gaps_of(small, large)))
    sample = gap("c", "judge", "a sample", "pairs", 1, None, 0.1)  # it fills nothing
    assert "little" in said(gap_sentence(gaps_of(sample, small)))
    assert "labelling 1 pair takes" in said(gap_sentence(gaps_of(sample)))
    assert "working on 1 query takes" in said(gap_sentence(gaps_of(gap("d", "suggest", "q", "queries", 1, 0.1, 1.0))))
    assert said(gap_sentence(gaps_of(small))) == (
        "Spend first on little: reading 1 item takes about 1 LLM call, which cost $0.01, and touches 0.1 % of "
        "the demand."
    )
    assert said(gap_sentence(gaps_of(gap("c", "judge", "c", "pairs", 500, None, None)))) == (
        "Spend first on c: labelling 500 pairs takes about 500 LLM calls, at a price that is unknown."
    )


def test_only_findings_that_weigh_stand_in_the_summary_and_each_kind_once():
    bots = [
        AuditFinding("bot", "events", 3000 + i, 100_000, f"user {i} is likely a program", "counted") for i in range(5)
    ]
    tiny = AuditFinding("field", "items", 1, 2, "a field is empty", "left out")
    summary = summarize(AuditFacts(audit_content(findings=(*FINDINGS, *bots, tiny), notes=())))
    assert [said(note) for note in summary.notes] == [
        "User 4 is likely a program: 3,004 of 100,000 (3.0 %). Counted.",
        "Events name items that are not in the catalog: 2,310 of 100,836 (2.3 %). They are left out of every measure "
        "of items.",
    ]


def test_below_the_title_stands_what_was_read():
    assert about({"items": 9742, "exposures": 0, "events": 100_836, "pairs": 7}) == "9,742 items · 100,836 events"
    assert about({"things": 3}) == "3 things"
    assert about({}) == ""


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        ("2026-11-25T23:15:28+00:00", "2026-11-25 23:15 UTC"),
        ("2026-11-25T23:15:28+02:00", "2026-11-25 21:15 UTC"),
        ("yesterday", "yesterday"),
    ],
)
def test_when_it_was_made(made, shown):
    assert f"Made {shown} by Tilth" in render_audit(audit_content(created_at=made, measures=(), tables={}))


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [
        ((2024, 5, 6), (2024, 5, 7), "2024-05-06"),
        ((2024, 5, 6), (2024, 5, 13), "2024-05-06"),
        ((2024, 2, 1), (2024, 3, 1), "2024-02"),
        ((2024, 4, 1), (2024, 7, 1), "2024 Q2"),
        ((2024, 1, 1), (2025, 1, 1), "2024"),
    ],
)
def test_windows_are_named_by_their_length(start, end, name):
    assert window_name(datetime(*start, tzinfo=UTC), datetime(*end, tzinfo=UTC)) == name


def test_a_window_without_a_start_or_an_end():
    assert window_name(None, None) == "–"
    assert window_name(datetime(2024, 5, 6, tzinfo=UTC), None) == "2024-05-06"


def test_bins_are_joined_until_they_fit_and_none_is_lost():
    rows = [{"low": 2**i, "high": 2 ** (i + 1) - 1, "items": i + 1, "events": 1} for i in range(25)]
    tables = dict(audit_content().tables) | {"popularity": pa.Table.from_pylist(rows)}
    found = bins(AuditFacts(audit_content(tables=tables)))
    assert len(found) <= 11
    assert found[0] == {"low": 0, "high": 0, "items": 3449}
    assert sum(entry["items"] for entry in found[1:]) == sum(range(1, 26))
    assert all(a["high"] + 1 == b["low"] for a, b in pairwise(found))


@given(st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=40), st.integers(1, 20))
def test_the_first_rows_by_a_column_are_the_largest_and_missing_ones_come_last(values, limit):
    table = pa.table({"x": pa.array(values, pa.int64())})
    found = take(table, "x.parquet", by="x", limit=limit)
    known = sorted((value for value in values if value is not None), reverse=True)
    expected = (known + [None] * (len(values) - len(known)))[:limit]
    assert [row["x"] for row in found.rows] == expected
    assert bool(found.rest) == (len(values) > limit)


def test_rows_are_chosen_before_they_are_counted_and_their_texts_are_cleaned():
    table = pa.table({"x": [1, 2, 3], "text": ["a\x00", "b", "c"]})
    found = take(table, "x.parquet", where=pc.field("x") < 3, limit=1)
    assert found.rows == ({"x": 1, "text": "a[U+0000]"},)
    assert found.rest == " 1 of 2 rows; x.parquet has them all."


def test_a_phrase_becomes_a_sentence_once():
    assert [full_sentence(text) for text in ("counted", "Left out.", "", "why?")] == [
        "Counted.",
        "Left out.",
        "",
        "Why?",
    ]


def test_searches_near_no_item_are_told_as_their_gaps_tell_them():
    few = "8.7 % (8.2–9.2 %) of the searches share few words with any item"
    facts = AuditFacts(audit_content(measures=(*MEASURES, measure("search.misspelled_share", 0.031, n=41_000))))
    assert said(unmet_sentence(facts)).startswith(f"{few}; 3.1 % of all searches look misspelled.")
    assert said(unmet_sentence(AuditFacts(audit_content()))).startswith(f"{few}.")
