"""What the catalog holds against what is asked for, category by category."""

from collections.abc import Sequence
from typing import Any

from tilth.report.audit.listing import NO_CATEGORY
from tilth.report.blocks import Column, Figure, Table, cell, row
from tilth.report.charts.dumbbells import Dumbbell, draw_dumbbells
from tilth.report.clean import distinct_ids
from tilth.report.numbers import Name, fine_share, number

DRAWN = 15
MAX_LABEL = 24


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
    labels = distinct_ids([name_of(category) for category, _, _ in known], MAX_LABEL)
    bells = [Dumbbell(label, items, asked) for label, (_, items, asked) in zip(labels, known, strict=True)]
    finding = _finding(bells, demand)
    names = ("Share of items", f"Share of {demand}")
    svg = draw_dumbbells(bells, names=names, title="Share", name=name, label=finding)
    table_rows = tuple(
        row([cell(Name(one.label, plain=True)), *(cell(fine_share(value)) for value in (one.first, one.second))])
        for one in bells
    )
    columns = (Column("Category", numeric=False), *(Column(title) for title in names))
    return Figure(svg, finding, Table("Supply and demand by category", columns, table_rows, sortable=False))


def _finding(bells: list[Dumbbell], demand: str) -> str:
    over, under = max(bells, key=_surplus), min(bells, key=_surplus)
    said = [
        f"{bell.label} draws {word} than it holds: {fine_share(bell.second)} of the {demand} with "
        f"{fine_share(bell.first)} of the items."
        for bell, word, is_so in ((over, "more", _surplus(over) > 0), (under, "less", _surplus(under) < 0))
        if is_so
    ]
    return " ".join(said) or f"Every category draws {demand} as it holds items."


def _surplus(bell: Dumbbell) -> float:
    return bell.second - bell.first
