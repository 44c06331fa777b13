"""What the commands print: results on stdout, everything else (progress, notes, errors) on stderr."""

import sys
from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tilth.text import printable

PIPED_WIDTH = 160
"""Columns of a table that goes into a file or pipe, where no terminal says how many there are."""

WIDE = 120
"""From this many columns on, an interval stands beside its value."""

_width = None if sys.stdout.isatty() else PIPED_WIDTH
out = Console(highlight=False, soft_wrap=True, width=_width)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str = "") -> None:
    """One line of a result. Nothing in it is taken as markup, nor by the terminal as a command: it may hold a user's
    data, or what an LLM said."""
    out.print(Text(printable(text)))


def note(text: str) -> None:
    err.print(Text(printable(text), style="yellow"))


def fail(text: str) -> None:
    err.print(Text.assemble(("error: ", "bold red"), printable(text)))


def print_json(value: Any) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, left: int = 1) -> None:
    """A table whose first `left` columns are text and the others figures."""
    columns, rows = _without_empty(columns, rows, left)
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index < left else "right", overflow="fold", no_wrap=index >= left)
    for row in rows:
        table.add_row(*(Text("–" if value is None else printable(str(value))) for value in row))
    out.print(table)


def _without_empty(
    columns: Sequence[str], rows: Sequence[Sequence[object]], left: int
) -> tuple[list[str], list[list[object]]]:
    """Columns of figures that hold nothing are left out: a terminal has no room for them."""
    kept = [i for i in range(len(columns)) if i < left or any(row[i] not in (None, "–") for row in rows)]
    return [columns[i] for i in kept], [[row[i] for i in kept] for row in rows]


def figure(value: float | None, digits: int = 3) -> str:
    """A number with its digits, or a dash where there is none."""
    return "–" if value is None or value != value else f"{value:.{digits}f}"


def with_interval(estimate: Any, digits: int = 3, *, in_table: bool = False) -> str:
    """`0.912 [0.88, 0.94]`, in a table on a narrow terminal on two lines; a dash where undefined."""
    if estimate is None or estimate.value != estimate.value:
        return "–"
    low, high = figure(estimate.low, digits - 1), figure(estimate.high, digits - 1)
    value = f"{estimate.value:.{digits}f}"
    return f"{value}\n{low}–{high}" if in_table and out.width < WIDE else f"{value} [{low}, {high}]"


def money(cost_usd: float | None) -> str:
    """Dollars: to the cent, small amounts to a hundredth of one."""
    if cost_usd is None:
        return "unknown"
    return f"${cost_usd:,.4f}" if 0 < cost_usd < 0.1 else f"${cost_usd:,.2f}"
