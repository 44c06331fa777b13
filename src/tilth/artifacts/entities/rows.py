"""Rows of prepared sides: chosen, and put one below the other. Every part holds one row for each entity."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student.lexical import Slots
from tilth.artifacts.student.sparsity import sparse


def stacked(parts: Sequence[Any]) -> Any:
    """One below the other; all are of one make."""
    first = parts[0]
    if first is None:
        return None
    if isinstance(first, np.ndarray):
        return np.concatenate(parts)
    if sparse.issparse(first):
        return sparse.vstack(parts, format="csr")
    if isinstance(first, tuple):
        return tuple(stacked(several) for several in zip(*parts, strict=True))
    if isinstance(first, dict):
        return {key: stacked([one[key] for one in parts]) for key in first}
    whole = type(first)(*(stacked([getattr(one, field.name) for one in parts]) for field in fields(first)))
    return _numbered(whole) if isinstance(whole, Slots) else whole


def taken(value: Any, rows: NDArray[np.int64]) -> Any:
    """The rows in the order given."""
    if value is None:
        return None
    if isinstance(value, np.ndarray) or sparse.issparse(value):
        return value[rows]
    if isinstance(value, Slots):
        parts = {field.name: getattr(value, field.name) for field in fields(value) if field.name != "weights"}
        chosen = {name: taken(part, rows) for name, part in parts.items()}
        weights = value.weights[chosen["pointers"].data.astype(np.int64) - 1]
        return _numbered(Slots(weights=weights, **chosen))
    if isinstance(value, tuple):
        return tuple(taken(one, rows) for one in value)
    if isinstance(value, dict):
        return {key: taken(one, rows) for key, one in value.items()}
    if is_dataclass(value):
        return type(value)(*(taken(getattr(value, field.name), rows) for field in fields(value)))
    raise TypeError(f"no rows to take of {type(value).__name__}")


def _numbered(slots: Slots) -> Slots:
    """With pointers that number the weights from 1 on, in whose order these lie."""
    pointers = slots.pointers
    data = np.arange(1, len(slots.weights) + 1, dtype=pointers.data.dtype)
    same = sparse.csr_matrix((data, pointers.indices, pointers.indptr), shape=pointers.shape)
    return replace(slots, pointers=same)
