"""The searches of some people in the order in which they made them, and which of them were typed to the end."""

from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.suggest.candidates import coded
from tilth.suggest.mine.log.deal import NO_TIME, UNKNOWN

DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Searches:
    """Arrays of shape (searches,). `who` and `session` are codes, UNKNOWN where there is none; `text` codes of `texts`.

    They are ordered by person, session and time.
    """

    who: NDArray[np.int64]
    session: NDArray[np.int64]
    text: NDArray[np.int64]
    ts: NDArray[np.int64]
    results: NDArray[np.int64]
    clicks: NDArray[np.int64]
    texts: pa.Array

    def __len__(self) -> int:
        return len(self.ts)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Searches":
        arrays = {one.name: getattr(self, one.name)[rows] for one in fields(self) if one.name != "texts"}
        return replace(self, **arrays)

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Whether it is known who searched, and when."""
        return (self.who != UNKNOWN) & (self.ts != NO_TIME)

    @classmethod
    def of(cls, table: pa.Table) -> "Searches":
        """From rows of DEALT_SCHEMA in any order. Rows of one person, session, moment and text are one search that was
        logged item by item: their clicks add up."""
        who, _ = coded(table["who"])
        session, _ = coded(table["session"])
        text, texts = coded(table["text"])
        ts, results, clicks = (table[name].to_numpy() for name in ("ts", "results", "clicks"))
        rows = cls(who, session, text, ts, results, clicks, texts)
        return _merged(rows.take(np.lexsort((text, ts, session, who))))


def _merged(rows: Searches) -> Searches:
    if not len(rows):
        return rows
    again = rows.who[1:] != UNKNOWN
    for column in (rows.who, rows.session, rows.ts, rows.text):
        again &= column[1:] == column[:-1]
    first = np.flatnonzero(np.append(True, ~again))
    known = np.maximum.reduceat(rows.clicks, first) >= 0
    clicks = np.where(known, np.add.reduceat(np.maximum(rows.clicks, 0), first), UNKNOWN)
    return replace(rows.take(first), results=np.maximum.reduceat(rows.results, first), clicks=clicks)


def followed(rows: Searches, within_us: int) -> NDArray[np.bool_]:
    """Whether each search has the next one behind it in the same session, no later than so; shape (searches,)."""
    out = np.zeros(len(rows), np.bool_)
    if len(rows) > 1:
        placed = rows.placed
        joined = placed[1:] & placed[:-1] & (rows.who[1:] == rows.who[:-1]) & (rows.session[1:] == rows.session[:-1])
        # Only where both times are known: a difference to NO_TIME overflows.
        at = np.flatnonzero(joined)
        out[at] = rows.ts[at + 1] - rows.ts[at] <= within_us
    return out


def typed_on(rows: Searches, pause_us: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Two masks of shape (searches,): which were continued, and which were not finished.

    A search is *continued* where the next one comes within the pause and begins with all of its text. It is not
    finished if it was continued, taken back (the next one is its beginning) or sent again, and nothing was clicked in
    between.
    """
    continued, open_end = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
    at = np.flatnonzero(followed(rows, pause_us))
    if len(at):
        before, after = (rows.texts.take(pa.array(rows.text[place])).to_pylist() for place in (at, at + 1))
        longer = [new.startswith(old) and new != old for old, new in zip(before, after, strict=True)]
        shorter = [old.startswith(new) for old, new in zip(before, after, strict=True)]
        continued[at] = longer
        open_end[at] = np.array(longer) | np.array(shorter)
    unclicked = rows.clicks <= 0
    return continued & unclicked, open_end & unclicked


def machines(rows: Searches, most_a_day: int) -> NDArray[np.int64]:
    """Codes of those who made more than so many searches on a day."""
    at = np.flatnonzero(rows.placed)
    if not len(at):
        return np.zeros(0, np.int64)
    days = rows.ts[at] // DAY_US
    days -= days.min()
    width = days.max() + 1
    cells, made = np.unique(rows.who[at] * width + days, return_counts=True)
    return np.unique(cells[made > most_a_day] // width)
