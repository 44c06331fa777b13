"""Attribute comparisons: what was read out of each entity once, compared for any number of pairs."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.artifacts.student.attribute_values import (
    ValueSets,
    as_levels,
    as_levels_text,
    as_numbers,
    as_ranks,
    value_sets,
)
from tilth.artifacts.student.characters import GramRows, character_features, gram_rows
from tilth.artifacts.student.config import Comparison
from tilth.artifacts.student.corpus import read_corpus
from tilth.artifacts.student.sparsity import shared_sums

MAX_LEVELS = 24
_SIZES = (3, 4)

Rows = NDArray[np.int64]
Column = NDArray[np.float32]


@dataclass(frozen=True)
class FittedComparison:
    """A comparison with the values it knows; `context_levels` and `item_levels` are empty unless it needs them."""

    comparison: Comparison
    context_levels: tuple[str, ...] = ()
    item_levels: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        base, kind = self.comparison, self.comparison.kind
        if kind in ("context", "item"):
            return (f"{kind}: {base.context_attribute or base.item_attribute}",)
        pair = f"{base.context_attribute}, {base.item_attribute}"
        parts = {"overlap": ("item in context", "context in item"), "similarity": ("cosine", "item in context")}
        return tuple(f"{kind} {part}: {pair}" for part in parts[kind]) if kind in parts else (f"{kind}: {pair}",)

    @property
    def categorical(self) -> bool:
        return bool(self.context_levels or self.item_levels)

    def encode(self, column: pa.ChunkedArray, *, context: bool) -> Any:
        """One side's values in the form that `compute` takes."""
        kind = self.comparison.kind
        if kind in ("equal", "contains", "overlap"):
            return value_sets(column)
        if kind == "ordinal":
            return as_ranks(column, self.comparison.order)
        if kind == "similarity":
            corpus = read_corpus(as_levels_text(column), {})
            return gram_rows(corpus, _SIZES, np.ones(1 << 18, np.float32))
        if self.categorical:
            return as_levels(column, self.context_levels if context else self.item_levels)
        return as_numbers(column)

    def compute(self, contexts: Any, items: Any, context_rows: Rows, item_rows: Rows) -> list[Column]:
        """One column of shape (n,) per name. `contexts` is None for kind `item`, `items` for kind `context`."""
        return _COMPUTE[self.comparison.kind](self, contexts, items, context_rows, item_rows)


def fit_comparison(
    comparison: Comparison, context_column: pa.ChunkedArray | None, item_column: pa.ChunkedArray | None
) -> FittedComparison:
    if comparison.kind == "cross":
        return FittedComparison(comparison, _levels(context_column), _levels(item_column))
    if comparison.kind == "context" and _is_text(context_column):
        return FittedComparison(comparison, context_levels=_levels(context_column))
    if comparison.kind == "item" and _is_text(item_column):
        return FittedComparison(comparison, item_levels=_levels(item_column))
    return FittedComparison(comparison)


def _is_text(column: pa.ChunkedArray | None) -> bool:
    return column is not None and (pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def _levels(column: pa.ChunkedArray | None) -> tuple[str, ...]:
    if column is None:
        return ()
    counts = Counter(as_levels_text(column))
    frequent = [text for text, count in counts.most_common(MAX_LEVELS) if count >= 2]
    return tuple(sorted(frequent)) or tuple(sorted(counts))[:MAX_LEVELS]


def _equal(_: FittedComparison, left: ValueSets, right: ValueSets, c_rows: Rows, i_rows: Rows) -> list[Column]:
    shared = _shared(left, right, c_rows, i_rows)
    return [_where_stated((shared > 0).astype(np.float32), left, right, c_rows, i_rows)]


def _contains(_: FittedComparison, left: ValueSets, right: ValueSets, c_rows: Rows, i_rows: Rows) -> list[Column]:
    """Nothing required (null or an empty list on the smaller side) is NaN, not a miss."""
    shared = _shared(left, right, c_rows, i_rows)
    found = _where_stated((shared > 0).astype(np.float32), left, right, c_rows, i_rows)
    found[right.sizes[i_rows] == 0] = np.nan
    return [found]


def _overlap(_: FittedComparison, left: ValueSets, right: ValueSets, c_rows: Rows, i_rows: Rows) -> list[Column]:
    shared = _shared(left, right, c_rows, i_rows)
    out: list[Column] = []
    for sizes in (right.sizes[i_rows], left.sizes[c_rows]):
        share = np.divide(shared, sizes, out=np.full_like(shared, np.nan), where=sizes > 0)
        out.append(_where_stated(share, left, right, c_rows, i_rows))
    return out


def _shared(left: ValueSets, right: ValueSets, c_rows: Rows, i_rows: Rows) -> Column:
    return shared_sums(left.members, right.members, c_rows, i_rows)


def _where_stated(values: Column, left: ValueSets, right: ValueSets, c_rows: Rows, i_rows: Rows) -> Column:
    return np.where(left.stated[c_rows] & right.stated[i_rows], values, np.nan).astype(np.float32)


def _difference(_: FittedComparison, left: Column, right: Column, c_rows: Rows, i_rows: Rows) -> list[Column]:
    return [left[c_rows] - right[i_rows]]


def _ratio(_: FittedComparison, left: Column, right: Column, c_rows: Rows, i_rows: Rows) -> list[Column]:
    below, above = left[c_rows], right[i_rows]
    return [np.divide(above, below, out=np.full_like(below, np.nan), where=below > 0)]


def _cross(fitted: FittedComparison, left: Rows, right: Rows, c_rows: Rows, i_rows: Rows) -> list[Column]:
    first, second = left[c_rows], right[i_rows]
    combined = first * len(fitted.item_levels) + second
    return [np.where((first >= 0) & (second >= 0), combined, np.nan).astype(np.float32)]


def _similarity(_: FittedComparison, left: GramRows, right: GramRows, c_rows: Rows, i_rows: Rows) -> list[Column]:
    found = character_features(left, right, c_rows, i_rows)
    return [found[:, 0], found[:, 2]]


def _one_side(fitted: FittedComparison, values: Any, rows: Rows) -> list[Column]:
    taken = values[rows]
    return [np.where(taken >= 0, taken, np.nan).astype(np.float32) if fitted.categorical else taken]


_COMPUTE: dict[str, Callable[[FittedComparison, Any, Any, Rows, Rows], list[Column]]] = {
    "equal": _equal,
    "contains": _contains,
    "overlap": _overlap,
    "difference": _difference,
    "ratio": _ratio,
    "ordinal": _difference,
    "cross": _cross,
    "similarity": _similarity,
    "context": lambda fitted, left, _, c_rows, __: _one_side(fitted, left, c_rows),
    "item": lambda fitted, _, right, __, i_rows: _one_side(fitted, right, i_rows),
}
