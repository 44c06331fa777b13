"""What the catalog holds against what is asked for, category by category."""

from collections.abc import Sequence
from typing import Any

from tilth.report.audit.listing import NO_CATEGORY, UNNAMED, text_cell
from tilth.report.blocks import Column, Figure, Table, cell, row
from tilth.report.charts.dumbbells import Dumbbell, draw_dumbbells
from tilth.report.clean import distinct_ids, shorten
from tilth.report.numbers import fine_share, number

DRAWN = 15
MAX_LABEL = 24
"""Of a name beside a chart; tables and sentences have room for more."""
MAX_NAME = 60


def name_of(category: Any) -> str:
    """What a category is called on the page."""
    return str(category) if category else NO_CATEGORY


def supply_figure(rows: Sequence[dict[str, Any]], *, key: str, demand: str, name: str) -> Figure | None:
    """The share of items beside the share of `demand`, which `rows` hold under `key`; None for fewer than two."""
    known = [
        (entry["category"], items, asked)
        for entry in rows[:DRAWN]
        if (items := number(entry["items_share"])) is not None and (asked := number(entry[key])) is not None
    ]
    if len(known) < 2:
        return None
    names = [name_of(category) for category, _, _ in known]
    labels = distinct_ids(names, MAX_LABEL)
    bells = [Dumbbell(label, items, asked) for label, (_, items, asked) in zip(labels, known, strict=True)]
    named = {name: bell for name, bell, (of, _, _) in zip(names, bells, known, strict=True) if of not in UNNAMED}
    finding = _finding(named, demand)
    titles = ("Share of items", f"Share of {demand}")
    svg = draw_dumbbells(bells, names=titles, title="Share", name=name, label=finding)
    rows_shown = tuple(
        row([text_cell(full), *(cell(fine_share(value)) for value in (one.first, one.second))])
        for full, one in zip(names, bells, strict=True)
    )
    columns = (Column("Category", numeric=False), *(Column(title) for title in titles))
    return Figure(svg, finding, Table("Supply and demand by category", columns, rows_shown, sortable=False))


def _finding(bells: dict[str, Dumbbell], demand: str) -> str:
    """What draws most beyond what it holds, and what least, of the categories that have a name."""
    if not bells:
        return f"Share of items and of {demand} by category."
    over, under = max(bells, key=lambda one: _surplus(bells[one])), min(bells, key=lambda one: _surplus(bells[one]))
    said = [
        f"{shorten(name, MAX_NAME)} draws {word} than it holds: {fine_share(bells[name].second)} of the {demand} with "
        f"{fine_share(bells[name].first)} of the items."
        for name, word, is_so in (
            (over, "more", _surplus(bells[over]) > 0),
            (under, "less", _surplus(bells[under]) < 0),
        )
        if is_so
    ]
    return " ".join(said) or f"Every category draws {demand} as it holds items."


def _surplus(bell: Dumbbell) -> float:
    return bell.second - bell.first
