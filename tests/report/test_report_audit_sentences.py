"""Sentences of the audit's page that must not say more than the data do: small, vague, empty and nameless things."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from report_audit_sample import CHANGES, MEASURES, audit_content, gap, table
from test_report_audit_page import section
from test_report_audit_words import gaps_of, said

from tilth.records import GAP_SCHEMA, MEMBER_SCHEMA
from tilth.report.audit import AuditFinding, render_audit, summary_lines
from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.summary import about, summarize
from tilth.report.audit.words import cold_sentence, gap_sentence, seen_sentence, units

LONG = "Merchandising, Purchasing, Retail and Administration"
MONDAY = datetime(2024, 1, 1, tzinfo=UTC)


def page_with(**tables: list[dict[str, Any]]) -> str:
    """The page of these tables, by name."""
    made = {name: table(name, rows) for name, rows in tables.items()}
    return render_audit(audit_content(tables=made, measures=(), gaps=None, members=None))


def weeks(events: list[int]) -> list[dict[str, Any]]:
    return [
        {
            "start": MONDAY + timedelta(weeks=i),
            "end": MONDAY + timedelta(weeks=i + 1),
            "events": n,
            "cold_share": 0.9 - 0.1 * i,
            "partial": False,
        }
        for i, n in enumerate(events)
    ]


def shares(category: str, values: list[float]) -> list[dict[str, Any]]:
    return [
        {"category": category, "start": MONDAY + timedelta(weeks=i), "events": 1, "share": value}
        for i, value in enumerate(values)
    ]


def categories(*names: str) -> list[dict[str, Any]]:
    return [
        {
            "category": name,
            "items": 10,
            "items_share": 0.1 + 0.2 * i,
            "events": 100 - i,
            "events_share": 0.5 - 0.1 * i,
            "cold_items": 9 - i,
            "cold_share": 0.5,
        }
        for i, name in enumerate(names)
    ]


def heat_page(events: list[int], values: list[float]) -> str:
    return page_with(
        categories=categories(LONG, "Food"),
        windows=weeks(events),
        heat=[*shares(LONG, values), *shares("Food", [0.1] * len(values))],
    )


def test_windows_without_interactions_move_nothing_and_show_a_dash() -> None:
    text = section(heat_page([500, 500, 500, 500, 500, 0], [0.2, 0.3, 0.2, 0.5, 0.2, 0.0]), "categories")
    assert (
        f"{LONG} moved most: its share of the interactions rose from 30.0 % in the week of 2024-01-08 to 50.0 % in the "
        "week of 2024-01-22." in text
    )
    row = text[text.index(f"2024-02-05 {LONG}") :]
    assert row.startswith(f"2024-02-05 {LONG} 20.0 % 30.0 % 20.0 % 50.0 % 20.0 % – Food")


def test_windows_with_few_interactions_move_nothing() -> None:
    text = section(heat_page([500, 500, 99, 99], [0.2, 0.3, 0.9, 0.1]), "categories")
    assert "rose from 20.0 % in the week of 2024-01-01 to 30.0 % in the week of 2024-01-08." in text
    text = section(heat_page([99, 500, 99, 99], [0.2, 0.3, 0.9, 0.1]), "categories")
    assert "moved most" not in text
    assert "fewer than two windows have 100 of them" in text


def test_no_sentence_is_about_what_has_no_category() -> None:
    names = ("(none)", "Food", LONG, "(other)")
    text = section(page_with(categories=categories(*names)), "categories")
    assert "Food draws more than it holds" in text
    assert f"{LONG} draws less than it holds" in text
    assert "Food has the most cold items" in text
    for name in ("(none)", "(other)"):
        assert f"{name} draws" not in text


def test_categories_without_a_name_alone_make_no_sentence() -> None:
    text = section(page_with(categories=categories("(none)", "(other)")), "categories")
    assert "draws" not in text
    assert "cold items:" not in text


def test_tables_have_room_for_names_that_a_chart_cuts() -> None:
    html = page_with(categories=categories(LONG, "Food"))
    assert f"<bdi>{LONG}</bdi>" in html.partition("The numbers")[2]
    assert "…" in html[html.index("<svg") : html.index("</svg>")]


def test_a_field_that_no_item_has_is_named_and_left_out() -> None:
    whole = [("title", 0, 3), ("text", 10, 10)]
    html = page_with(
        fields=[{"category": "", "field": f, "items": 10, "missing": m, "thin": t} for f, m, t in whole],
        thin_items=[{"item_id": f"i{i}", "field": f, "problem": "short"} for i in range(3) for f in ("title", "text")],
    )
    text = section(html, "fields")
    assert "No item has a value in text , so nothing is said of that here." in text
    assert "100.0 %" not in text
    assert text.count("short") == 3


def test_a_catalog_without_dates_is_not_said_to_have_grown() -> None:
    undated = [{"item_id": "a", "title": "A", "created_at": None}]
    born = [{"start": MONDAY, "items": 5, "with_any": 5, "reached_k": 1}]
    text = section(page_with(windows=weeks([500, 500]), items=undated, newness=born), "newness")
    assert (
        "By the end of the week of 2024-01-01, 90.0 % of all 9,742 items of today’s catalog had no interaction yet; by "
        "the end of the week of 2024-01-08 it was 80.0 %." in text
    )
    assert "With an interaction" not in text
    dated = [one | {"created_at": MONDAY} for one in undated]
    text = section(page_with(windows=weeks([500, 500]), items=dated, newness=born), "newness")
    assert "90.0 % of the items there were had no interaction yet" in text
    assert "With an interaction" in text


def with_interval(name: str, value: float, low: float, high: float) -> AuditFacts:
    measures = tuple(
        replace(one, value=value, low=low, high=high) if one.name == name and not one.where else one for one in MEASURES
    )
    return AuditFacts(audit_content(measures=measures))


def test_a_vague_number_neither_leads_nor_stands_on_a_tile() -> None:
    facts = with_interval("items.cold_share", 0.006, 0.0, 0.15)
    summary = summarize(facts)
    assert "never interacted" not in said(summary.sentences[0])
    assert "Items nobody touched" not in [entry.what for entry in summary.numbers]
    assert said(cold_sentence(facts)).endswith(
        "The interval is wider than the number: other users might show quite another."
    )
    sure = summarize(with_interval("items.cold_share", 0.006, 0.001, 0.012))
    assert said(sure.sentences[0]).startswith("0.6 % (0.1–1.2 %) of the items were never interacted with")
    assert sure.numbers[0].what == "Items nobody touched"


def test_parts_of_nothing_are_not_said() -> None:
    none = {"items.cold_share": 0.0, "items.one_share": 0.0, "items.few_share": 0.4}
    measures = tuple(replace(one, value=none.get(one.name, one.value), low=None, high=None) for one in MEASURES)
    assert said(cold_sentence(AuditFacts(audit_content(measures=measures)))) == (
        "Every item was interacted with at least once; 40.0 % 2 to 10 times."
    )


def test_what_users_see_is_known_only_where_exposures_were_logged() -> None:
    few = tuple(one for one in MEASURES if one.name.startswith("popularity."))
    blind = AuditFacts(audit_content(measures=few, counts={"items": 9742, "exposures": 0}))
    assert said(seen_sentence(blind)).startswith("What users act on is 1.84")
    assert not any("popular as what they like" in said(one) for one in summarize(blind).sentences)
    seeing = AuditFacts(audit_content(measures=few))
    assert any("What users see is 1.84" in said(one) for one in summarize(seeing).sentences)


@pytest.mark.parametrize(
    ("size", "unit", "text"), [(1, "queries", "1 query"), (2, "queries", "2 queries"), (1, "items", "1 item")]
)
def test_units_are_counted_in_english(size: int, unit: str, text: str) -> None:
    row = gap("a", "suggest", "x", unit, size, 0.1, 1.0)
    assert units(row) == text
    doing = "writing queries for" if unit == "items" else "working on"
    assert f"{doing} {text} takes" in said(gap_sentence(gaps_of(row)))
    assert about({unit: size}) == text


def test_verdicts_are_counted_by_what_they_say_and_the_worst_come_first() -> None:
    better, worse, unsure, same = CHANGES
    moved = replace(same, label="Moved", verdict="changed")
    changes = (same, unsure, *[replace(same, label=f"Same {i}") for i in range(19)], moved, better, worse)
    html = render_audit(audit_content(changes=changes, compared_with="2026-11-26T00:24:23+00:00"))
    text = section(html, "changes")
    assert (
        "1 measure got better and 1 worse since 2026-11-26 00:24 UTC , beyond what chance explains; 20 are unchanged, "
        "1 cannot be told, 1 changed, which is neither better nor worse." in text
    )
    places = [text.index(name) for name in ("No results", "Cold share", "Moved", "Gini", "Same 0")]
    assert places == sorted(places)


def test_items_are_called_by_their_titles_where_no_log_names_them() -> None:
    titles = pa.table({"item_id": ["a", "b", "c"], "title": ["Angle bracket", "Deck stain", None]})
    rows = [gap("g1", "enrich", "titles", "items", 3, 0.1, 1.0)]
    html = render_audit(
        audit_content(
            tables={
                "thin_items": table("thin_items", [{"item_id": "a", "field": "title", "problem": "short"}]),
                "unreached_items": table("unreached_items", [{"item_id": "b"}]),
            },
            titles=titles,
            gaps=pa.Table.from_pylist(rows, schema=GAP_SCHEMA),
            members=pa.Table.from_pylist(
                [{"gap_id": "g1", "id": one, "demand": None} for one in ("c", "b", "a")], schema=MEMBER_SCHEMA
            ),
        )
    )
    assert "c · Deck stain · Angle bracket" in section(html, "gaps")
    assert "Angle bracket a title short" in section(html, "fields")
    assert "Deck stain b" in section(html, "search")


def test_the_same_title_or_example_stands_once() -> None:
    titles = pa.table({"item_id": ["a", "b", "c"], "title": ["Driver", "Driver", "Cook"]})
    members = [{"gap_id": "g1", "id": one, "demand": 1.0} for one in "abc"]
    facts = AuditFacts(
        audit_content(titles=titles, members=pa.Table.from_pylist(members, schema=MEMBER_SCHEMA), tables={})
    )
    assert facts.examples("g1") == ["Driver", "Cook"]
    twice = AuditFinding("time", "rows", 2, 10, "no time", "kept", ("soon", "soon", "later"))
    assert "soon · later" in section(render_audit(audit_content(findings=(twice,))), "quality")


def test_costs_are_told_to_the_cent() -> None:
    rows = [gap(f"g{i}", "enrich", f"p{i}", "items", 1, 0.1, cost) for i, cost in enumerate((0.0906, 0.0002, 3.456))]
    text = section(render_audit(audit_content(gaps=pa.Table.from_pylist(rows, schema=GAP_SCHEMA))), "gaps")
    for cost in ("$0.09", "under $0.01", "$3.46"):
        assert f" {cost} 1 LLM call" in text


def test_the_summary_can_be_read_as_plain_lines() -> None:
    lines = summary_lines(audit_content(title="x\x00"))
    assert lines[-1].startswith("Spend first on short texts in Drama: reading 812 items")
    assert not [line for line in lines if "<" in line or "&" in line]
