"""What a candidate was made from: a few items, and the category that most of them are of."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.records import Entities

SHOWN_IDS = 5


def id_lists(items: Entities, rows: Sequence[NDArray[np.int64]]) -> pa.Array:
    """The ids of the first few rows of each candidate, a list array of shape (candidates,)."""
    few = [some[:SHOWN_IDS] for some in rows]
    flat = np.concatenate(few) if few else np.zeros(0, np.int64)
    offsets = np.concatenate([[0], np.cumsum([len(some) for some in few])]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), items.ids.take(pa.array(flat, pa.int64())))


def categories_of(items: Entities, rows: Sequence[NDArray[np.int64]]) -> list[str | None]:
    """The category that most of each candidate's first rows have; of equals the last by name."""
    if "category" not in items.table.column_names:
        return [None] * len(rows)
    names = items.table["category"].to_pylist()
    return [_commonest([names[row] for row in some[:SHOWN_IDS].tolist() if names[row]]) for some in rows]


def _commonest(names: list[str]) -> str | None:
    return max(names, key=lambda name: (names.count(name), name)) if names else None
