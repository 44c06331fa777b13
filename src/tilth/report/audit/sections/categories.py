"""Where the interactions are, by category and over time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup

from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.listing import NO_CATEGORY, Shown, listing
from tilth.report.audit.supply import name_of, supply_figure
from tilth.report.blocks import Block, Column, Figure, Figures, Section, Table, cell, row
from tilth.report.charts.heat import Field, draw_heat
from tilth.report.clean import distinct_ids, shorten
from tilth.report.numbers import Name, count, fine_share, metric, number

DRAWN = 15
"""Categories in a chart, the ones with the most interactions."""
MAX_WINDOWS = 60
LISTED_WINDOWS = 12
MAX_LABEL = 24
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
    if not cold:
        return ()
    worst = max(cold, key=lambda entry: entry["cold_items"])
    name = Name(shorten(name_of(worst["category"]), 60), plain=True)
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
    starts = list(facts.windows)[-MAX_WINDOWS:]
    where = pc.field("category").isin(pa.array(names, pa.string()))
    found = facts.rows("heat", where=where, by="start", limit=DRAWN * MAX_WINDOWS).rows
    known = {(entry["category"], entry["start"]): number(entry["share"]) or 0.0 for entry in found}
    starts = starts or sorted({entry["start"] for entry in found if entry["start"]})
    if len(starts) < 2 or not known:
        return None
    labels = dict(zip(names, distinct_ids([name_of(name) for name in names], MAX_LABEL), strict=True))
    columns = {start: facts.windows.get(start) or f"{start:%Y-%m-%d}" for start in starts}
    fields = [Field(columns[start], labels[name], share) for (name, start), share in known.items() if start in columns]
    finding = _hottest(known, labels, starts, columns)
    svg = draw_heat(
        fields,
        columns=list(columns.values()),
        rows=list(labels.values()),
        title="Share of the window’s interactions",
        name="heat",
        label=finding,
    )
    return Figure(svg, finding, _heat_table(known, labels, columns))


def _hottest(
    known: Shares,
    labels: dict[Any, str],
    starts: list[datetime],
    columns: dict[datetime, str],
) -> str:
    """The category that moved most from the first to the last window but one, as the outer ones may be cut."""
    first, last = (starts[1], starts[-2]) if len(starts) > 3 else (starts[0], starts[-1])
    moves = {name: known.get((name, last), 0.0) - known.get((name, first), 0.0) for name in labels}
    most = max(moves, key=lambda name: abs(moves[name]))
    before, after = known.get((most, first), 0.0), known.get((most, last), 0.0)
    verb = "rose" if after > before else "fell" if after < before else "stayed"
    return (
        f"{labels[most]} moved most: its share of the interactions {verb} from {fine_share(before)} in "
        f"{columns[first]} to {fine_share(after)} in {columns[last]}."
    )


def _heat_table(known: Shares, labels: dict[Any, str], columns: dict[datetime, str]) -> Table:
    shown = list(columns)[-LISTED_WINDOWS:]
    heads = (Column("Category", numeric=False), *(Column(columns[start]) for start in shown))
    rows = tuple(
        row([cell(Name(label, plain=True)), *(cell(fine_share(known.get((name, start)))) for start in shown)])
        for name, label in labels.items()
    )
    rest = f", the last {len(shown)} windows; heat.parquet has all" if len(columns) > len(shown) else ""
    return Table(f"Share of each window’s interactions{rest}", heads, rows, sortable=False)
