"""What was wrong with the rows of a log: counted by reason, with a few rows to look at."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tilth.data.rejects import Reject, Rejects
from tilth.errors import DataError

SHOWN = 5
SHOWN_CHARS = 100
MAX_REASONS = 100
OTHER = "is unusable for another reason"


@dataclass(frozen=True)
class BadRows:
    """Rows of a log with one thing wrong in one column."""

    reason: str
    column: str
    count: int
    rows: tuple[int, ...]
    """The first few, as a person counts: the header of a CSV file is row 1, the first record of the others too."""
    examples: tuple[str, ...]
    """The values on these rows."""
    path: str = ""
    """The file that `rows` count in."""
    kept: bool = False
    """The rows were kept, without this value."""


class BadCollector:
    """Gathers what is wrong with the rows of one batch of one file; `lost` counts those that were no records."""

    def __init__(self, path: str) -> None:
        self.path, self.lost = path, 0
        self._found: list[BadRows] = []

    def add(
        self,
        reason: str,
        column: str,
        rows: NDArray[np.int64],
        values: Callable[[NDArray[np.int64]], Sequence[object]],
        where: NDArray[np.int64],
        *,
        kept: bool = False,
    ) -> None:
        """Count the places `where` of a batch whose records stand on `rows`; `values` gives the values at places."""
        if len(where):
            first = where[:SHOWN]
            examples = tuple(_shown(value) for value in values(first))
            found = tuple(rows[first].tolist())
            self._found.append(BadRows(reason, column, len(where), found, examples, self.path, kept))

    def add_rejects(self, rejects: Rejects) -> None:
        """Take over what a reader rejected, and forget it there. Details in brackets are left out of the reasons."""
        self._found += [
            BadRows(
                reject.reason.partition(" (")[0], reject.column, 1, (reject.row,), (_shown(reject.value),), self.path
            )
            for reject in rejects.rows
        ]
        self.lost += len(rejects)
        rejects.rows.clear()
        # A file may hold nothing else, and then nobody takes them before its end.
        self._found = list(merge_bad(self._found))

    def take(self) -> tuple[BadRows, ...]:
        """All so far, merged; the collector is empty then."""
        found, self._found, self.lost = self._found, [], 0
        return merge_bad(found)


def merge_bad(found: Iterable[BadRows]) -> tuple[BadRows, ...]:
    """One entry for each reason, column and file, the most frequent first; at most `MAX_REASONS` reasons of a file."""
    merged: dict[tuple[str, str, str, bool], BadRows] = {}
    reasons: dict[str, int] = {}
    for bad in found:
        key = (bad.path, bad.column, bad.reason, bad.kept)
        if key not in merged:
            reasons[bad.path] = reasons.get(bad.path, 0) + 1
            if reasons[bad.path] > MAX_REASONS:
                bad = replace(bad, column="", reason=OTHER)
                key = (bad.path, bad.column, bad.reason, bad.kept)
        merged[key] = _both(merged[key], bad) if key in merged else bad
    return tuple(sorted(merged.values(), key=lambda bad: (-bad.count, bad.path, bad.column, bad.reason)))


def list_bad(found: Iterable[BadRows]) -> tuple[list[Reject], list[Reject]]:
    """The rows that `BadRows` shows, one by one: those that were left out, and those of which a value was.

    Where more rows have the same thing wrong, the reason says so.
    """
    lost, kept = list[Reject](), list[Reject]()
    for bad in found:
        shown = len(bad.rows)
        more = f" (the first {shown} of {bad.count:,} such rows)" if bad.count > shown else ""
        for row, value in zip(bad.rows, bad.examples, strict=True):
            (kept if bad.kept else lost).append(Reject(bad.path, row, bad.column, bad.reason + more, value))
    return lost, kept


def refuse_many_bad(path: str, bad: Sequence[BadRows], total: int, limit: float) -> None:
    """Stop when more than `limit` of a log's `total` rows cannot be used, or all.

    Rows that were kept do not count.

    Raises:
        DataError: names the most frequent reason, its first row, the counts and the limit.
    """
    lost = [rows for rows in merge_bad(bad) if not rows.kept]
    count = sum(rows.count for rows in lost)
    if not lost or (count < total and count <= limit * total):
        return
    worst = lost[0]
    share = "none may be left over" if count >= total else f"at most {limit:.4g} of them may be unusable"
    raise DataError(
        f"{worst.reason}, on {worst.count} rows; {count} of {total} rows cannot be used, {share}",
        path=worst.path or path,
        row=worst.rows[0] if worst.rows else None,
        column=worst.column or None,
        hint="mend the file, or raise [data] max_rejected",
    )


def _both(one: BadRows, other: BadRows) -> BadRows:
    pairs = sorted({*zip(one.rows, one.examples, strict=True), *zip(other.rows, other.examples, strict=True)})[:SHOWN]
    rows, examples = tuple(row for row, _ in pairs), tuple(example for _, example in pairs)
    return replace(one, count=one.count + other.count, rows=rows, examples=examples)


def _shown(value: object) -> str:
    text = "" if value is None else str(value)
    return text[:SHOWN_CHARS]
