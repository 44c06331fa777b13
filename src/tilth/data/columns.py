"""Text columns to typed ones; a value that will not convert rejects its row."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.data.batch import EXACT_FLOAT, LIST_SEPARATOR, Batch
from tilth.data.rejects import Rejects

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
NAN_OR_INFINITE = r"(?i)^[+-]?(nan|inf|infinity)$"

Mask = NDArray[np.bool_]


class Columns:
    """The columns of one batch, and which of its rows are still usable."""

    def __init__(self, path: str, batch: Batch, rejects: Rejects) -> None:
        self.path, self.batch, self.rejects = path, batch, rejects
        self.usable: Mask = np.ones(len(batch.rows), dtype=bool)
        self.merged = 0

    def reject(self, bad: Mask, column: str, reason: str) -> None:
        """Reject the rows marked in `bad`, shape (rows,), that are usable so far."""
        where = np.flatnonzero(bad & self.usable)
        if len(where):
            values = self.batch.table[column].take(pa.array(where)).to_pylist()
            self.rejects.add_many(self.path, self.batch.rows[where].tolist(), column, reason, values)
            self.usable[where] = False

    def leave_out(self, bad: Mask, column: str, reason: str) -> None:
        """List the values of rows marked in `bad` that are usable so far: the rows stay, without these values."""
        where = np.flatnonzero(bad & self.usable)
        if len(where):
            values = self.batch.table[column].take(pa.array(where)).to_pylist()
            self.rejects.leave_out(self.path, self.batch.rows[where].tolist(), column, reason, values)

    def raw(self, column: str) -> pa.Array:
        """The text as it stands in the file, null where absent."""
        return self.batch.table[column].combine_chunks()

    def text(self, column: str) -> pa.Array:
        """Null becomes the empty text."""
        return pc.fill_null(self.raw(column), "")

    def trimmed(self, column: str) -> pa.Array:
        """The text without surrounding space."""
        return pc.utf8_trim_whitespace(self.text(column))

    def identifier(self, column: str, what: str = "the id") -> pa.Array:
        """Surrounding space is taken off; an empty id rejects its row."""
        ids = self.trimmed(column)
        self.reject(_mask(pc.equal(ids, "")), column, f"{what} is empty")
        return ids

    def number(
        self,
        column: str | None,
        *,
        low: float | None = None,
        high: float | None = None,
        optional: bool = True,
        ignore: Mask | None = None,
    ) -> pa.Array:
        """Doubles, null where empty (if `optional`). Not a number, NaN, infinite or out of range rejects the row.

        Where `ignore` is set the value is null, whatever the text.
        """
        if column is None:
            return pa.nulls(len(self.batch.rows), pa.float64())
        look = ~ignore if ignore is not None else np.ones(len(self.batch.rows), dtype=bool)
        text = self.trimmed(column)
        values = self.lenient_number(column)
        empty, unread = _mask(pc.equal(text, "")), _mask(pc.is_null(values)) & look
        # A number that is none of the doubles, such as 1e999, is infinite.
        infinite = _mask(pc.match_substring_regex(text, NAN_OR_INFINITE)) | _mask(
            pc.match_substring_regex(text, NUMBER)
        )
        self.reject(unread & infinite, column, "is NaN or infinite, not a number that can be used")
        self.reject(unread & ~empty, column, "is not a number")
        if not optional:
            self.reject(empty & look, column, "is empty where a number is needed")
        self._reject_outside(values, look, column, low, high)
        return values if ignore is None else pc.if_else(pa.array(look), values, pa.scalar(None, pa.float64()))

    def lenient_number(self, column: str) -> pa.Array:
        """Doubles, null where the text is no finite number; rejects nothing."""
        return finite_numbers(self.trimmed(column))

    def _reject_outside(self, values: pa.Array, look: Mask, column: str, low: float | None, high: float | None) -> None:
        numbers = values.to_numpy(zero_copy_only=False)
        if low is not None and high is not None:
            self.reject(look & ((numbers < low) | (numbers > high)), column, f"is not between {low:g} and {high:g}")
        elif low is not None:
            self.reject(look & (numbers < low), column, f"is below {low:g}")

    def integer(self, column: str | None) -> pa.Array:
        """Whole numbers from 0 on, null where empty; others reject the row."""
        values = self.number(column, low=0)
        if column is None:
            return values.cast(pa.int64())
        numbers = values.to_numpy(zero_copy_only=False)
        bad = ~np.isnan(numbers) & ((np.floor(numbers) != numbers) | (np.abs(numbers) >= EXACT_FLOAT))
        self.reject(bad, column, "is not a whole number that can be used")
        return pc.if_else(pa.array(bad), pa.scalar(None, pa.float64()), values).cast(pa.int64())

    def strings(self, column: str | None) -> pa.Array:
        """Lists of text, split at `|`; empty text is the empty list, and no column is null."""
        if column is None:
            return pa.nulls(len(self.batch.rows), pa.list_(pa.string()))
        parts = [[p.strip() for p in text.split(LIST_SEPARATOR) if p.strip()] for text in self.text(column).to_pylist()]
        return pa.array(parts, pa.list_(pa.string()))

    def merge_known(self, ids: pa.Array, seen: set[str]) -> None:
        """Leave out, and count in `merged`, usable rows whose id is in `seen`; the other ids go into it."""
        usable = self.usable.tolist()
        for index, value in enumerate(ids.to_pylist()):
            if not usable[index]:
                continue
            if value in seen:
                self.usable[index] = False
                self.merged += 1
            seen.add(value)

    def keep(self, columns: dict[str, pa.Array]) -> pa.Table:
        """A table of the usable rows."""
        return pa.table(columns).filter(pa.array(self.usable))


def finite_numbers(text: pa.Array) -> pa.Array:
    """Doubles, null where the (trimmed) text is no finite number."""
    values = pc.if_else(pc.match_substring_regex(text, NUMBER), text, pa.scalar(None, pa.string())).cast(pa.float64())
    return pc.if_else(pc.is_finite(values), values, pa.scalar(None, pa.float64()))


def _mask(flags: pa.Array) -> Mask:
    return np.asarray(flags, dtype=bool)
