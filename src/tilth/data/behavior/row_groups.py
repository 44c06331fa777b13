"""Row groups of a Parquet file to batches, column by column: no row passes through Python."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from tilth.data.batch import refuse_missing
from tilth.data.behavior.coded import plain_values
from tilth.data.behavior.raw import RawBatch
from tilth.data.behavior.wanted import Wanted
from tilth.data.files import open_seekable, reading
from tilth.data.from_parquet import HINT, WHAT, is_text
from tilth.data.times import TimeReader

BATCH_ROWS = 1_000_000
BATCH_BYTES = 64 << 20
PEEK_ROWS, PEEK_BATCH = 100_000, 10_000


def read_row_groups(path: str, row_groups: Sequence[int] | None, wanted: Wanted) -> Iterator[RawBatch]:
    """Yield the records of some row groups that lie side by side (None: all); text comes as codes where it can.

    Raises:
        DataError: the file is not Parquet, lacks a column, or has one of a type that is of no use.
    """
    with open_seekable(path) as source:
        with reading(path, WHAT, HINT):
            file = parquet.ParquetFile(source)
            schema, metadata = file.schema_arrow, file.metadata
        wanted.check(path, schema)
        groups = list(range(metadata.num_row_groups)) if row_groups is None else list(row_groups)
        if not groups:
            return
        first = 1 + sum(metadata.row_group(at).num_rows for at in range(groups[0]))
        with reading(path, WHAT, HINT):
            texts = [name for name in wanted.coded if is_text(schema.field(name).type)]
            file = parquet.ParquetFile(source, read_dictionary=texts)
            size = _batch_rows(metadata, groups, len(wanted.names) / len(schema.names))
            batches = file.iter_batches(batch_size=size, row_groups=groups, columns=wanted.names)
        while True:
            with reading(path, WHAT, HINT):
                batch = next(batches, None)
                for column in batch.columns if batch is not None else ():
                    _refuse_bad_codes(column)
            if batch is None:
                return
            rows = np.arange(first, first + batch.num_rows)
            first += batch.num_rows
            yield RawBatch({name: batch[name] for name in wanted.names}, rows)


def peek_at_times(path: str, column: str, times: TimeReader) -> None:
    """Let `times` see the first numbers of a file, so that it takes them alike in all its row groups.

    Raises:
        DataError: the file is not Parquet, or lacks the column.
    """
    with open_seekable(path) as source, reading(path, WHAT, HINT):
        file = parquet.ParquetFile(source)
        refuse_missing(path, [column], file.schema_arrow.names)
        kind = file.schema_arrow.field(column).type
        if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            return
        for at, batch in enumerate(file.iter_batches(batch_size=PEEK_BATCH, columns=[column])):
            times.learn_unit(plain_values(batch[column])[0])
            if times.unit is not None or at * PEEK_BATCH >= PEEK_ROWS:
                return


def _refuse_bad_codes(column: pa.Array) -> None:
    """Raise where codes of a damaged file point at no value, which Arrow does not look at."""
    if pa.types.is_dictionary(column.type):
        ends = pc.min_max(column.indices).as_py()
        if ends["max"] is not None and not 0 <= ends["min"] <= ends["max"] < len(column.dictionary):
            raise pa.ArrowInvalid("a column is damaged")


def _batch_rows(metadata: Any, groups: Sequence[int], share: float) -> int:
    """So many rows that a `share` of the file's columns stays within `BATCH_BYTES`.

    It goes by the size of whole row groups: Arrow ends the process where the columns of a damaged file are looked at.
    """
    sizes = [metadata.row_group(at) for at in groups]
    rows, taken = sum(group.num_rows for group in sizes), share * sum(group.total_byte_size for group in sizes)
    return int(max(1_000, min(BATCH_ROWS, BATCH_BYTES * rows / max(taken, 1))))
