"""Where the interactions are, by category and over time."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup

from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.listing import NO_CATEGORY, UNNAMED, Shown, listing, text_cell
from tilth.report.audit.supply import MAX_NAME, name_of, supply_figure
from tilth.report.audit.windows import Window
from tilth.report.blocks import Block, Column, Figure, Figures, Section, Table, cell, row
from tilth.report.charts.heat import Field, draw_heat
from tilth.report.clean import distinct_ids, shorten
from tilth.report.numbers import Name, count, fine_share, metric, number

DRAWN = 15
"""Categories in a chart, the ones with the most interactions."""
MAX_WINDOWS = 60
LISTED_WINDOWS = 12
MAX_LABEL = 24
MIN_EVENTS = 100
"""A window with fewer interactions says nothing of what moved."""
COLUMNS = (
    Shown("category", "Category", empty=NO_CATEGORY),
    Shown("items", "Items", count),
    Shown("items_share", "Share of items", fine_share),
    Shown("events", "Interactions", count),
    Shown("events_share", "Share of interactions", fine_share),
    Shown("exposures", "Times shown", count, optional=True),
    Shown("users", "Users", count),
    Shown("cold_items", "Cold items", count, hint="Without an interaction"),
    Shown("cold_share", "Share cold", fine_share, hint="Share of the category’s items"),
    Shown("gini", "Gini", metric),
)


Shares = dict[tuple[Any, datetime], float]
"""Share of a window's interactions by category and start of the window."""


def categories_section(facts: AuditFacts) -> Section | None:
    rows = facts.rows("categories", by="events")
    if not rows:
        return None
    figures = tuple(
        figure
        for figure in (
            _heat(facts, rows.rows),
            supply_figure(rows.rows, key="events_share", demand="interactions", name="supply"),
        )
        if figure
    )
    blocks: list[Block] = [Figures(figures)] if figures else []
    blocks.append(listing(rows, "Categories by interactions.", COLUMNS))
    return Section("categories", "Categories", _lead(rows.rows), tuple(blocks))


def _lead(rows: Sequence[dict[str, Any]]) -> tuple[Markup, ...]:
    """The category with the most cold items."""
    cold = [entry for entry in rows if number(entry["cold_items"])]
    named = [entry for entry in cold if entry["category"] and entry["category"] not in UNNAMED]
    if not named:
        return ()
    worst = max(named, key=lambda entry: entry["cold_items"])
    name = Name(shorten(worst["category"], MAX_NAME), plain=True)
    return (
        Markup("<strong>Most of the cold items are in {}</strong>: {}, which is {} of that category’s items.").format(
            name, count(worst["cold_items"]), fine_share(worst["cold_share"])
        )
        if worst["cold_items"] * 2 > sum(entry["cold_items"] for entry in cold)
        else Markup("<strong>{} has the most cold items</strong>: {}, which is {} of its items.").format(
            name, count(worst["cold_items"]), fine_share(worst["cold_share"])
        ),
    )


def _heat(facts: AuditFacts, rows: Sequence[dict[str, Any]]) -> Figure | None:
    names = [entry["category"] for entry in rows[:DRAWN]]
    where = pc.field("category").isin(pa.array(names, pa.string()))
    found = facts.rows("heat", where=where, by="start", limit=DRAWN * MAX_WINDOWS).rows
    windows = _windows(facts, found)
    known = {(entry["category"], entry["start"]): number(entry["share"]) or 0.0 for entry in found}
    if len(windows) < 2 or not known:
        return None
    labels = dict(zip(names, distinct_ids([name_of(name) for name in names], MAX_LABEL), strict=True))
    drawn = {window.start: window for window in windows if window.events}
    fields = [Field(drawn[start].name, labels[name], share) for (name, start), share in known.items() if start in drawn]
    finding = _hottest(known, names, windows)
    svg = draw_heat(
        fields,
        columns=[window.name for window in windows],
        rows=list(labels.values()),
        title="Share of the window’s interactions",
        name="heat",
        label=finding,
    )
    return Figure(svg, finding, _heat_table(known, names, windows))


def _windows(facts: AuditFacts, found: Sequence[dict[str, Any]]) -> list[Window]:
    """The last windows in order, each with its interactions; those of `found` where no table of windows tells."""
    if facts.windows:
        return list(facts.windows.values())[-MAX_WINDOWS:]
    events = Counter[datetime]()
    for entry in found:
        if entry["start"]:
            events[entry["start"]] += int(number(entry["events"]) or 0)
    return [Window(start, events=events[start]) for start in sorted(events)][-MAX_WINDOWS:]


def _hottest(known: Shares, names: Sequence[Any], windows: Sequence[Window]) -> str:
    """The category that moved most from the first to the last window but one, as the outer ones may be cut."""
    enough = [window for window in windows if (window.events or 0) >= MIN_EVENTS]
    named = [name for name in names if name not in UNNAMED and name is not None]
    if len(enough) < 2 or not named:
        return f"Each category’s share of the interactions; fewer than two windows have {MIN_EVENTS} of them."
    first, last = (enough[1], enough[-2]) if len(enough) > 3 else (enough[0], enough[-1])
    moves = {name: known.get((name, last.start), 0.0) - known.get((name, first.start), 0.0) for name in named}
    most = max(moves, key=lambda name: abs(moves[name]))
    before, after = known.get((most, first.start), 0.0), known.get((most, last.start), 0.0)
    verb = "rose" if after > before else "fell" if after < before else "stayed"
    return (
        f"{shorten(str(most), MAX_NAME)} moved most: its share of the interactions {verb} from {fine_share(before)} in "
        f"{first.phrase} to {fine_share(after)} in {last.phrase}."
    )


def _heat_table(known: Shares, names: Sequence[Any], windows: Sequence[Window]) -> Table:
    shown = windows[-LISTED_WINDOWS:]
    heads = (Column("Category", numeric=False), *(Column(window.name) for window in shown))
    rows = tuple(
        row([text_cell(name_of(name)), *(cell(fine_share(_share(known, name, window))) for window in shown)])
        for name in names
    )
    rest = f", the last {len(shown)} windows; heat.parquet has all" if len(windows) > len(shown) else ""
    return Table(f"Share of each window’s interactions{rest}", heads, rows, sortable=False)


def _share(known: Shares, name: Any, window: Window) -> float | None:
    """Of a window without interactions nothing is known."""
    return known.get((name, window.start)) if window.events else None
