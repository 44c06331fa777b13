"""Named arrays as a table: how what a worker found travels through the engine."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_SCHEMA = pa.schema(
    [("name", pa.string()), ("dtype", pa.string()), ("shape", pa.list_(pa.int64())), ("content", pa.large_binary())]
)


def pack_arrays(arrays: Mapping[str, NDArray[Any]]) -> pa.Table:
    """A row for each array; numbers and booleans only."""
    names = list(arrays)
    flat = [np.ascontiguousarray(arrays[name]) for name in names]
    columns = [
        pa.array(names, pa.string()),
        pa.array([one.dtype.str for one in flat], pa.string()),
        pa.array([arrays[name].shape for name in names], pa.list_(pa.int64())),
        pa.array([one.tobytes() for one in flat], pa.large_binary()),
    ]
    return pa.table(columns, schema=_SCHEMA)


def unpack_arrays(table: pa.Table) -> dict[str, NDArray[Any]]:
    """The arrays again, read-only and in the table's memory."""
    found = dict[str, NDArray[Any]]()
    for row in range(table.num_rows):
        name, dtype, shape, content = (table[column][row] for column in _SCHEMA.names)
        buffer = content.as_buffer()
        array = np.frombuffer(buffer, dtype.as_py()) if buffer.size else np.zeros(0, dtype.as_py())
        found[name.as_py()] = array.reshape(shape.as_py())
    return found
