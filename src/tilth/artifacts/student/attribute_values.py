"""Attribute columns as arrays that can be compared row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.artifacts.student.corpus import hashed
from tilth.artifacts.student.sparsity import Csr, sparse
from tilth.text import fold

_BITS = 30
NOT_STATED = "not stated"


@dataclass(frozen=True)
class ValueSets:
    """The set of values of each entity: ones at hashed columns, and whether anything was stated."""

    members: Csr
    sizes: NDArray[np.float32]
    stated: NDArray[np.bool_]


def plain(value: Any) -> str:
    """The form in which two values are compared."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(fold(str(value)).split())


def as_lists(column: pa.ChunkedArray) -> list[list[str] | None]:
    """Each entity's values as texts; a single value is a list of one, null stays None."""
    out: list[list[str] | None] = []
    for value in column.to_pylist():
        if value is None:
            out.append(None)
        elif isinstance(value, list):
            out.append([plain(part) for part in value if part is not None])
        else:
            out.append([plain(value)])
    return out


def value_sets(column: pa.ChunkedArray) -> ValueSets:
    lists = as_lists(column)
    distinct = [sorted(set(values or ())) for values in lists]
    ends = np.cumsum([0, *map(len, distinct)])
    columns = hashed([value for values in distinct for value in values], _BITS)
    members = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(lists), 1 << _BITS))
    members.sum_duplicates()
    stated = np.array([values is not None for values in lists], dtype=bool)
    return ValueSets(members, np.diff(members.indptr).astype(np.float32), stated)


def as_numbers(column: pa.ChunkedArray) -> NDArray[np.float32]:
    """Numbers, 1/0 for true/false, the size of a list; NaN for null and for text that is no number."""
    return np.array([_number(value) for value in column.to_pylist()], dtype=np.float32)


def _number(value: Any) -> float:
    if value is None:
        return np.nan
    if isinstance(value, list):
        return float(len(value))
    try:
        return float(value)
    except (TypeError, ValueError):
        return np.nan


def as_ranks(column: pa.ChunkedArray, order: Sequence[str]) -> NDArray[np.float32]:
    """Place of each value in `order`, NaN where it is not in it."""
    place = {plain(value): float(rank) for rank, value in enumerate(order)}
    texts = as_levels_text(column)
    return np.array([place.get(text, np.nan) for text in texts], dtype=np.float32)


def as_levels_text(column: pa.ChunkedArray) -> list[str]:
    """One text per entity: lists are joined, null reads `not stated`."""
    return [NOT_STATED if values is None else ", ".join(sorted(values)) or "none" for values in as_lists(column)]


def as_levels(column: pa.ChunkedArray, levels: Sequence[str]) -> NDArray[np.int64]:
    """Index of each entity's value in `levels`, -1 for any other value."""
    index = {level: row for row, level in enumerate(levels)}
    return np.array([index.get(text, -1) for text in as_levels_text(column)], dtype=np.int64)
