"""The first rows of a table, cleaned, and how many more there are."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tilth.report.clean import clean

MAX_ROWS = 50
"""A table on the page has no more rows; the others are in the Parquet file."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Rows:
    """`rows` of the `total` that `file` has of them."""

    rows: tuple[dict[str, Any], ...] = ()
    total: int = 0
    file: str = ""

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def rest(self) -> str:
        """A sentence on the rows that are not here; empty where all are."""
        if self.total <= len(self.rows):
            return ""
        return f" {len(self.rows):,} of {self.total:,} rows; {self.file} has them all."


def take(
    table: pa.Table | None,
    file: str,
    *,
    where: pc.Expression | None = None,
    by: str = "",
    ascending: bool = False,
    limit: int = MAX_ROWS,
) -> Rows:
    """The first `limit` rows that meet `where`, sorted by the column `by` or in their own order."""
    if table is None or not table.num_rows:
        return Rows()
    found = table if where is None else table.filter(where)
    total = found.num_rows
    if by:
        order = pc.sort_indices(found[by], sort_keys=[(by, "ascending" if ascending else "descending")])
        found = found.take(order[:limit])
    return Rows(_records(found.slice(0, limit)), total, file)


def _records(table: pa.Table) -> tuple[dict[str, Any], ...]:
    columns = {name: _values(table[name]) for name in table.column_names}
    return tuple(dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True))


def _values(column: pa.ChunkedArray) -> list[Any]:
    if not pa.types.is_timestamp(column.type):
        return clean(column.to_pylist())
    return [_moment(value) for value in column.cast(pa.timestamp("us")).cast(pa.int64()).to_pylist()]


def _moment(microseconds: int | None) -> datetime | None:
    """None also for a time that lies outside of the calendar."""
    try:
        return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return None
