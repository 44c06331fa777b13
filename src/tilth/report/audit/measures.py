"""Measures as numbers with their units, and tables of them."""

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from tilth.report.audit.content import AuditMeasure
from tilth.report.blocks import Beside, Block, Cell, Column, Table, row
from tilth.report.clean import shorten
from tilth.report.numbers import Measured, amount, count, days, fine_share, metric, number, ratio

STYLES: dict[str, Callable[[Any], str]] = {
    "share": fine_share,
    "count": amount,
    "days": days,
    "ratio": ratio,
    "score": metric,
}
MAX_LABEL = 80
SPLIT_FROM = 7
"""So many measures stand in two tables side by side."""
MAX_NOTE = 160


def measured_of(measure: AuditMeasure) -> Measured:
    """The measure's number and interval in its unit."""
    style = STYLES.get(measure.unit, metric)
    return Measured(number(measure.value), number(measure.low), number(measure.high), style)


def label_of(measure: AuditMeasure, known: frozenset[str]) -> Markup:
    """The measure's label, as a link to the glossary where that has it."""
    label = shorten(measure.label or measure.name, MAX_LABEL)
    if measure.name not in known:
        return Markup("<bdi>{}</bdi>").format(label)
    return Markup('<a href="#{}"><bdi>{}</bdi></a>').format(term_id(measure.name), label)


def term_id(name: str) -> str:
    """The id of a measure's entry in the glossary."""
    return "term-" + "".join(char if char.isascii() and char.isalnum() else "-" for char in name)


def measure_blocks(measures: Sequence[AuditMeasure], known: frozenset[str]) -> tuple[Block, ...]:
    """A row per measure: value with its interval, and how many things it is over; two tables where there are many."""
    if not measures:
        return ()
    columns = (Column("Measure", numeric=False), Column("Value"), Column("Over", hint="How many things it is over"))
    rows = tuple(row([_label_cell(one, known), _value_cell(one), _n_cell(one)]) for one in measures)
    half = len(rows) if len(rows) < SPLIT_FROM else (len(rows) + 1) // 2
    captions = ("Measures, with 95\u202f% intervals below.", "More measures.")
    parts = (rows[:half], rows[half:])
    pairs = [(caption, part) for caption, part in zip(captions, parts, strict=True) if part]
    return (Beside(tuple(Table(caption, columns, part, sortable=False) for caption, part in pairs)),)


def _label_cell(measure: AuditMeasure, known: frozenset[str]) -> Cell:
    note = shorten(measure.note, MAX_NOTE)
    estimated = "" if measure.exact else "Estimated. "
    return Cell(label_of(measure, known), f"{estimated}{note}".strip(), measure.label.casefold())


def _value_cell(measure: AuditMeasure) -> Cell:
    found = measured_of(measure)
    return Cell(found.text, found.interval, found.value)


def _n_cell(measure: AuditMeasure) -> Cell:
    return Cell(count(measure.n), sort=float(measure.n))
