"""Columns of several ids: lists, or text split at `|`."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tilth.data.batch import LIST_SEPARATOR
from tilth.data.behavior.coded import coded
from tilth.data.behavior.columns import LogColumns
from tilth.data.from_parquet import is_list

ID_LIST = pa.list_(pa.string())


def id_lists(columns: LogColumns, column: str | None) -> pa.Array:
    """`ID_LIST`: trimmed ids, those that are empty or cannot be used left out; null if there is no such column.

    A row where nothing stands has the empty list.
    """
    if column is None:
        return pa.nulls(len(columns.batch), ID_LIST)
    values = columns.batch.columns[column]
    if not is_list(values.type):
        found = coded(values, max_chars=None)
        for reason, wrong in found.wrong:
            columns.leave_out(wrong, column, reason)
        values = pc.split_pattern(found.codes.dictionary_decode(), LIST_SEPARATOR)
    elif pa.types.is_fixed_size_list(values.type):
        values = values.cast(pa.list_(values.type.value_type))
    owners = np.asarray(pc.list_parent_indices(values), dtype=np.int64)
    ids = coded(values.flatten())
    for reason, wrong in ids.wrong:
        on_rows = np.zeros(len(values), dtype=bool)
        on_rows[owners[wrong]] = True
        columns.leave_out(on_rows, column, f"holds an id that {reason}")
    kept = ~ids.where_empty()
    offsets = np.searchsorted(owners[kept], np.arange(len(values) + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), ids.codes.dictionary_decode().filter(pa.array(kept)))
