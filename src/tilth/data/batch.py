"""A batch: some records of a file as columns of text, and the row each record stands on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.data.rejects import Rejects
from tilth.errors import DataError

LIST_SEPARATOR = "|"
BATCH_ROWS = 50_000
BATCH_BYTES = 32 << 20
EXACT_FLOAT = 2.0**53
"""Whole numbers below this are exact as doubles."""


@dataclass(frozen=True)
class Batch:
    """Some records of a file: string columns, and the row each record stands on, shape (records,)."""

    table: pa.Table
    rows: NDArray[np.int64]


class Collector:
    """Gathers records until they make a batch; `places` says where in a record each of `names` stands."""

    def __init__(self, path: str, names: Sequence[str], places: Sequence[int], rejects: Rejects) -> None:
        self.path, self.names, self.places, self.rejects = path, names, places, rejects
        self._records: list[Sequence[str | None]] = []
        self._rows: list[int] = []
        self._bytes_before = 0

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, record: Sequence[str | None], row: int, bytes_read: int) -> bool:
        """Whether a batch is full now: of records, or of bytes read since the last one."""
        self._records.append(record)
        self._rows.append(row)
        return len(self._rows) >= BATCH_ROWS or bytes_read - self._bytes_before > BATCH_BYTES

    def take(self, bytes_read: int = 0) -> Batch:
        """The records so far; empty text becomes null."""
        columns = [[record[at] or None for record in self._records] for at in self.places]
        rows, self._records, self._rows, self._bytes_before = self._rows, [], [], bytes_read
        return text_batch(self.path, self.names, columns, rows, self.rejects)


def text_batch(
    path: str, names: Sequence[str], columns: Sequence[Sequence[str | None]], rows: Sequence[int], rejects: Rejects
) -> Batch:
    """A batch of the given columns; records with text that is not UTF-8, or with a null byte, are rejected.

    Bytes that were not UTF-8 stand as lone surrogates in the text (Python's `surrogateescape`).
    """
    numbers = np.asarray(rows, dtype=np.int64)
    try:
        table = _table(names, columns)
    except UnicodeEncodeError:
        keep = np.ones(len(numbers), dtype=bool)
        for name, column in zip(names, columns, strict=True):
            for index, value in enumerate(column):
                if keep[index] and value is not None and not _is_utf8(value):
                    keep[index] = False
                    rejects.add(path, int(numbers[index]), name, "is not UTF-8", _shown(value))
        where = np.flatnonzero(keep).tolist()
        table, numbers = _table(names, [[column[index] for index in where] for column in columns]), numbers[keep]
    return without_null_bytes(path, Batch(table, numbers), rejects)


def without_null_bytes(path: str, batch: Batch, rejects: Rejects) -> Batch:
    """The batch without the records that hold a null byte, which are rejected."""
    keep = np.ones(len(batch.rows), dtype=bool)
    for name in batch.table.column_names:
        bad = np.asarray(pc.fill_null(pc.match_substring(batch.table[name], "\x00"), False)) & keep
        for index in np.flatnonzero(bad).tolist():
            value = batch.table[name][index].as_py().replace("\x00", "\\x00")
            rejects.add(path, int(batch.rows[index]), name, "holds a null byte", value)
        keep &= ~bad
    return batch if keep.all() else Batch(batch.table.filter(pa.array(keep)), batch.rows[keep])


def refuse_missing(path: str, wanted: Sequence[str], present: Sequence[str]) -> None:
    """Raise a `DataError` for the first of `wanted` that is not in `present`, or stands there twice."""
    for column in wanted:
        if column not in present:
            shown = ", ".join(f"'{name}'" for name in present)
            hint = f"the file has: {shown if len(shown) <= 500 else shown[:500] + ' ...'}"
            if len(present) == 1 and (";" in present[0] or "\t" in present[0]):
                hint += "; separate its columns by commas (tabs in a .tsv file)"
            raise DataError("no such column", path=path, column=column, hint=hint)
        if present.count(column) > 1:
            raise DataError("the column stands there twice", path=path, column=column, hint="rename one of the two")


def number_text(value: int | float) -> str:
    """A number as text; a whole one without a point, so that an id 12.0 matches 12."""
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_FLOAT:
        return str(int(value))
    return str(value)


def _table(names: Sequence[str], columns: Sequence[Sequence[str | None]]) -> pa.Table:
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.Table.from_arrays(arrays, names=list(names))


def _is_utf8(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(value: str) -> str:
    return value[:100].encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
