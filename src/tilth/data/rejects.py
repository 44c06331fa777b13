"""Rows that cannot be used: kept with the reason, counted, written out; never dropped silently."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tilth.data.cells import as_cell
from tilth.data.write import write_bytes
from tilth.errors import DataError

MAX_VALUE_CHARS = 200
LISTED = "run `tilth check` to list them all, mend the file, or raise [data] max_rejected"


@dataclass(frozen=True, slots=True)
class Reject:
    """One unusable row. `row` counts as a person would see it; the header of a CSV file is row 1."""

    path: str
    row: int
    column: str
    reason: str
    value: str


@dataclass
class Rejects:
    """Collects the unusable rows of one run."""

    rows: list[Reject] = field(default_factory=lambda: list[Reject]())
    left_out: list[Reject] = field(default_factory=lambda: list[Reject]())
    """Values that cannot be used, of rows that were kept without them. They count against no limit."""

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, path: str, row: int, column: str, reason: str, value: object = "") -> None:
        self.rows.append(_reject(path, row, column, reason, value))

    def add_many(self, path: str, rows: Sequence[int], column: str, reason: str, values: Sequence[object]) -> None:
        for row, value in zip(rows, values, strict=True):
            self.add(path, row, column, reason, value)

    def leave_out(self, path: str, rows: Sequence[int], column: str, reason: str, values: Sequence[object]) -> None:
        """List values of rows that are kept without them."""
        self.left_out += [_reject(path, row, column, reason, value) for row, value in zip(rows, values, strict=True)]

    def of(self, path: str) -> list[Reject]:
        return [reject for reject in self.rows if reject.path == path]

    def counts(self) -> dict[str, int]:
        """How many rows were rejected, by file; one that was rejected by two readers of the file counts once."""
        return dict(Counter(path for path, _ in dict.fromkeys((reject.path, reject.row) for reject in self.rows)))

    def refuse_if_many(self, path: str, total: int, limit: float, *, since: int = 0, hint: str = LISTED) -> None:
        """Stop when more than `limit` of a file's `total` rows are unusable, or all; a row with several faults is one.

        `since` is how many rejects there were before the file was read: those do not count.

        Raises:
            DataError: names the first rejected row, the count and the limit.
        """
        mine = [reject for reject in self.rows[since:] if reject.path == path]
        rows = len({reject.row for reject in mine})
        if not rows or (rows < total and rows <= limit * total):
            return
        first = min(mine, key=lambda reject: reject.row)
        share = "none may be left over" if rows >= total else f"at most {limit:.4g} of them may be unusable"
        raise DataError(
            f"{first.reason}; {rows} of {total} rows cannot be used, {share}",
            path=path,
            row=first.row,
            column=first.column or None,
            hint=hint,
        )

    def write(self, path: Path) -> None:
        """Write all of them, and what was left out of other rows, as CSV: file, row, column, reason, value.

        It is safe to open in a spreadsheet.

        Raises:
            DataError: the file cannot be written.
        """
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(["file", "row", "column", "reason", "value"])
        writer.writerows(
            [as_cell(r.path), r.row, *map(as_cell, (r.column, r.reason, r.value))] for r in (*self.rows, *self.left_out)
        )
        write_bytes(text.getvalue().encode("utf-8", "backslashreplace"), path)


def _reject(path: str, row: int, column: str, reason: str, value: object) -> Reject:
    text = "" if value is None else str(value)
    return Reject(path, int(row), column, reason, text[:MAX_VALUE_CHARS])
