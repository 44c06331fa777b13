"""What a page is made of: the templates draw these and decide nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tilth.report.numbers import MISSING, Measured, Name, number


@dataclass(frozen=True)
class Cell:
    """One cell of a table: a text, smaller text below it, and what to sort by (None sorts last)."""

    text: str | Name
    sub: str = ""
    sort: float | str | None = None


@dataclass(frozen=True)
class Column:
    title: str
    numeric: bool = True
    hint: str = ""


@dataclass(frozen=True)
class Row:
    cells: tuple[Cell, ...]
    marked: bool = False


@dataclass(frozen=True)
class Table:
    """The first column names its row. `folded` is what to click on to see a table that few will read."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sortable: bool = True
    folded: str = ""
    kind = "table"


@dataclass(frozen=True)
class Beside:
    """Small tables side by side where there is room."""

    tables: tuple[Table, ...]
    kind = "beside"


@dataclass(frozen=True)
class Figure:
    """A chart as SVG, the finding it shows in words, and its numbers."""

    svg: Markup
    finding: str
    table: Table


@dataclass(frozen=True)
class Figures:
    """Charts side by side where there is room."""

    figures: tuple[Figure, ...]
    kind = "figures"


@dataclass(frozen=True)
class Passage:
    """A text of the data: a beginning, and the whole where that is longer."""

    who: str
    title: str
    beginning: str
    whole: str


@dataclass(frozen=True)
class Card:
    """A pair with what was said about it."""

    passages: tuple[Passage, ...]
    verdict: str
    dropped: bool
    p: str
    reasons: tuple[str, ...]
    gold: str | None


@dataclass(frozen=True)
class Cards:
    title: str
    cards: tuple[Card, ...]
    kind = "cards"


@dataclass(frozen=True)
class Term:
    """A word and what it means; `id` makes it a place to link to."""

    word: str
    meaning: str
    formula: str = ""
    source: str = ""
    id: str = ""


@dataclass(frozen=True)
class Terms:
    entries: tuple[Term, ...]
    kind = "terms"


Block = Table | Beside | Figures | Cards | Terms


@dataclass(frozen=True)
class Section:
    """`lead` are sentences, each with its number; `asides` are of less weight."""

    id: str
    title: str
    lead: tuple[Markup, ...]
    blocks: tuple[Block, ...] = ()
    asides: tuple[Markup, ...] = ()


@dataclass(frozen=True)
class KeyNumber:
    what: str
    value: str
    detail: str


@dataclass(frozen=True)
class Summary:
    """`sentences` make one paragraph, or a list if `listed`; `notes` are what to know before believing them."""

    sentences: tuple[Markup, ...]
    numbers: tuple[KeyNumber, ...]
    notes: tuple[Markup, ...]
    listed: bool = False


@dataclass(frozen=True)
class Page:
    """A whole report. `about` says below the title what it is about."""

    title: str
    created_at: str
    version: str
    summary: Summary
    sections: tuple[Section, ...]
    about: str = ""


def cell(value: Any) -> Cell:
    """A cell from a `Measured` (interval below), a `Name`, or a text."""
    if isinstance(value, Measured):
        return Cell(value.text, value.interval, value.value)
    if isinstance(value, Name):
        return Cell(value, sort=value.text.casefold())
    return Cell(str(value), sort=str(value).casefold())


def figure_cell(text: str, value: Any) -> Cell:
    """A cell that shows `text` and sorts by the number `value`."""
    return Cell(text or MISSING, sort=number(value))


def row(cells: Sequence[Cell], *, marked: bool = False) -> Row:
    return Row(tuple(cells), marked)
