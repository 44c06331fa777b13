"""Tables of the audit as tables of the page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tilth.report.audit.rows import Rows
from tilth.report.blocks import Cell, Column, Table, figure_cell, row
from tilth.report.clean import shorten
from tilth.report.numbers import MISSING, Name

MAX_TEXT = 80
NO_CATEGORY = "(no category)"


@dataclass(frozen=True)
class Shown:
    """A column of a table: which value of a row, under which title, and how a number of it is written."""

    key: str
    title: str
    write: Callable[[Any], str] | None = None
    """None for a text."""
    hint: str = ""
    empty: str = MISSING
    """What stands for a text that is missing."""
    optional: bool = False
    """Left out where every row has 0."""

    def is_in(self, records: Sequence[dict[str, Any]]) -> bool:
        """Whether there is anything to show."""
        values = [record.get(self.key) for record in records]
        return any(value for value in values) if self.optional else any(value is not None for value in values)

    def cell(self, record: dict[str, Any]) -> Cell:
        value = record.get(self.key)
        if isinstance(value, datetime):
            return Cell(f"{value:%Y-%m-%d}", sort=value.isoformat())
        if self.write is not None:
            return figure_cell(self.write(value), value)
        return text_cell("" if value is None else str(value), self.empty)


def text_cell(text: str, empty: str = MISSING) -> Cell:
    """A cell with a text of the data, on one line and not too long."""
    short = shorten(text, MAX_TEXT)
    return Cell(Name(short, plain=True), sort=short.casefold()) if short else Cell(empty, sort="")


def listing(rows: Rows, caption: str, columns: tuple[Shown, ...], *, folded: str = "", marked: str = "") -> Table:
    """`rows` under `columns`; the caption says where rows are left out. Rows with `marked` true stand out.

    A column without anything to show is left out.
    """
    columns = tuple(one for one in columns if one.is_in(rows.rows))
    heads = tuple(Column(one.title, numeric=one.write is not None, hint=one.hint) for one in columns)
    lines = tuple(
        row([one.cell(record) for one in columns], marked=bool(marked and record.get(marked))) for record in rows.rows
    )
    return Table(caption + rows.rest, heads, lines, folded=folded)
