"""How new items come in, and how long they stay cold."""

from datetime import datetime

from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.listing import Shown, listing
from tilth.report.audit.measures import measure_blocks
from tilth.report.audit.rows import MAX_ROWS, Rows
from tilth.report.audit.windows import window_name
from tilth.report.audit.words import new_sentence, written
from tilth.report.blocks import Block, Column, Figure, Figures, Section, Table, cell, row
from tilth.report.charts.timeline import Moment, draw_timeline
from tilth.report.numbers import count, days, fine_share, metric, number

MAX_WINDOWS = 200
WINDOWS = (
    Shown("window", "Window"),
    Shown("events", "Interactions", count),
    Shown("users", "Users", count),
    Shown("items", "Items", count, hint="Items with an interaction in the window"),
    Shown("new_items", "New items", count),
    Shown("cold_share", "Still cold", fine_share, hint="Of the items there were by its end"),
    Shown("head_share", "Head", fine_share, hint="Share of interactions of the most popular items"),
    Shown("gini", "Gini", metric),
)
NEWNESS = (
    Shown("window", "Came in"),
    Shown("items", "New items", count),
    Shown("any", "With an interaction", fine_share),
    Shown("k", "No longer new", fine_share, hint="Reached the number of interactions from which an item is not new"),
    Shown("median_days_to_first", "To the first", days, hint="Median time; missing where fewer than half got there"),
    Shown("median_days_to_k", "To no longer new", days, hint="Median time; missing where fewer than half got there"),
)


def newness_section(facts: AuditFacts) -> Section | None:
    lead = written(facts, new_sentence)
    figure = _timeline(facts)
    blocks: list[Block] = [Figures((figure,))] if figure else []
    blocks += measure_blocks(facts.listed("newness."), facts.terms)
    if rows := _newness(facts):
        blocks.append(listing(rows, "New items by the window they came in, latest first.", NEWNESS))
    if rows := _windows(facts):
        caption = "Every window, latest first; * marks those that the log does not cover whole."
        blocks.append(listing(rows, caption, WINDOWS, folded="All time windows"))
    return Section("newness", "New items", lead, tuple(blocks)) if lead or blocks else None


def _windows(facts: AuditFacts) -> Rows:
    found = facts.rows("windows", by="start")
    named = tuple(
        entry | {"window": window_name(entry["start"], entry["end"]) + (" *" if entry["partial"] else "")}
        for entry in found.rows
    )
    return Rows(named, found.total, found.file)


def _newness(facts: AuditFacts) -> Rows:
    found = facts.rows("newness", by="start")
    named = tuple(
        entry
        | {
            "window": facts.windows.get(entry["start"]) or window_name(entry["start"], None),
            "any": _part(entry["with_any"], entry["items"]),
            "k": _part(entry["reached_k"], entry["items"]),
        }
        for entry in found.rows
    )
    return Rows(named, found.total, found.file)


def _part(some: int | None, whole: int | None) -> float | None:
    return some / whole if some is not None and whole else None


def _timeline(facts: AuditFacts) -> Figure | None:
    rows = facts.rows("windows", by="start", limit=MAX_WINDOWS).rows[::-1]
    known = [(entry, value) for entry in rows if entry["start"] and (value := number(entry["cold_share"])) is not None]
    if len(known) < 2:
        return None
    whole = [pair for pair in known if not pair[0]["partial"]] or known
    (first, before), (last, after) = whole[0], whole[-1]
    finding = (
        f"By the end of {_name(first)}, {fine_share(before)} of the items there were had no interaction yet; "
        f"by the end of {_name(last)} it was {fine_share(after)}."
    )
    moments = [Moment(_iso(entry["start"]), value, bool(entry["partial"])) for entry, value in known]
    svg = draw_timeline(moments, title="Items still without interactions", name="cold", label=finding)
    columns = (Column("Window", numeric=False), Column("Still cold"))
    table_rows = tuple(row([cell(_name(entry)), cell(fine_share(value))]) for entry, value in known[-MAX_ROWS:])
    hollow = " Hollow dots: windows that the log does not cover whole." if len(whole) < len(known) else ""
    return Figure(svg, finding + hollow, Table("Items still without interactions", columns, table_rows, sortable=False))


def _name(entry: dict[str, datetime]) -> str:
    return window_name(entry["start"], entry["end"])


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
