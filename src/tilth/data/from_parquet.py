"""Parquet files to batches. A row is a record, counted from 1."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from tilth.data.batch import (
    BATCH_ROWS,
    EXACT_FLOAT,
    LIST_SEPARATOR,
    Batch,
    refuse_missing,
    text_batch,
    without_null_bytes,
)
from tilth.data.files import open_seekable, reading
from tilth.data.rejects import Rejects
from tilth.errors import DataError

WHAT, HINT = "cannot be read as Parquet", "is it a whole file, and a Parquet file?"


def read_parquet_batches(path: str, columns: Sequence[str], ids: Collection[str], rejects: Rejects) -> Iterator[Batch]:
    """Yield the records of `path`.

    Raises:
        DataError: the file is not Parquet, lacks one of `columns`, has no rows, or a column of structs or nested lists;
            for `ids`, a column of lists.
    """
    with open_seekable(path) as source:
        with reading(path, WHAT, HINT):
            file = parquet.ParquetFile(source)
            schema = file.schema_arrow
            refuse_missing(path, columns, schema.names)
            count = file.metadata.num_rows
            batches = file.iter_batches(batch_size=BATCH_ROWS, columns=list(columns))
        for name in columns:
            refuse_type(path, schema.field(name), name in ids)
        if count == 0:
            raise DataError("has no rows", path=path)
        first = 1
        while True:
            with reading(path, WHAT, HINT):
                batch = next(batches, None)
                if batch is None:
                    return
                arrays = {name: as_text(batch[name], name in ids) for name in columns}
            rows = np.arange(first, first + batch.num_rows)
            first += batch.num_rows
            yield _checked(path, arrays, rows.tolist(), rejects)


def refuse_type(path: str, field: Any, is_id: bool) -> None:
    """Raise a `DataError` for a column that cannot be taken as text, numbers or (unless ids) flat lists of these."""
    kind = field.type
    if is_list(kind) and not is_id:
        kind = kind.value_type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    plain = pa.types.is_primitive(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind)
    if not (plain or is_text(kind)) or (is_id and pa.types.is_boolean(kind)):
        need = "an id (text or a whole number)" if is_id else "text, a number, or a flat list of these"
        raise DataError(f"holds {field.type} where {need} is needed", path=path, column=field.name)


def is_list(kind: Any) -> bool:
    """Whether an Arrow type is one of lists."""
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)


def is_text(kind: Any) -> bool:
    """Whether an Arrow type is text, or bytes that may be text."""
    checks = (
        pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view,
        pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view, pa.types.is_fixed_size_binary,
    )  # fmt: skip
    return any(check(kind) for check in checks)


def as_text(column: pa.Array, is_id: bool) -> pa.Array:
    """The values as strings, not yet known to be UTF-8; ids that are whole numbers have no point."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if is_list(column.type):
        return _joined(column)
    if pa.types.is_floating(column.type):
        return _float_text(column.cast(pa.float64()), is_id)
    if is_text(column.type):
        # By way of bytes: a cast from text would not look at them, one from bytes would refuse the whole column.
        raw = column.cast(pa.binary())
        return pa.StringArray.from_buffers(len(raw), *_shifted(raw))
    return column.cast(pa.string())


def _shifted(raw: pa.Array) -> tuple[Any, Any, Any, int, int]:
    validity, offsets, data = raw.buffers()
    return offsets, data, validity, raw.null_count, raw.offset


def _float_text(column: pa.Array, is_id: bool) -> pa.Array:
    """Whole numbers without a point, so that an id 12.0 matches 12; in a column of ids NaN is null."""
    if is_id:
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
    whole = pc.and_(pc.equal(pc.floor(column), column), pc.less(pc.abs(column), EXACT_FLOAT))
    numbers = pc.if_else(whole, column, pa.scalar(0.0)).cast(pa.int64())
    return pc.if_else(whole, numbers.cast(pa.string()), column.cast(pa.string()))


def _joined(lists: pa.Array) -> pa.Array:
    """Each list as one text; nulls in it are left out."""
    values = lists.cast(pa.list_(lists.type.value_type)) if pa.types.is_fixed_size_list(lists.type) else lists
    flat = as_text(values.flatten(), is_id=False)
    parents = np.asarray(pc.list_parent_indices(values))
    keep = np.asarray(pc.is_valid(flat))
    kept, owner = flat.filter(pa.array(keep)), parents[keep]
    offsets = np.searchsorted(owner, np.arange(len(lists) + 1)).astype(np.int32)
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), kept), LIST_SEPARATOR)
    return pc.if_else(pc.is_valid(lists), joined, pa.scalar(None, pa.string()))


def _checked(path: str, arrays: dict[str, pa.Array], rows: list[int], rejects: Rejects) -> Batch:
    try:
        for array in arrays.values():
            array.validate(full=True)
    except pa.ArrowInvalid:
        texts = [
            [None if value is None else value.decode("utf-8", "surrogateescape") for value in column]
            for column in (array.cast(pa.binary()).to_pylist() for array in arrays.values())
        ]
        return text_batch(path, list(arrays), texts, rows, rejects)
    return without_null_bytes(path, Batch(pa.table(arrays), np.asarray(rows, dtype=np.int64)), rejects)
