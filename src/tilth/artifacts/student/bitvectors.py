"""The leaf of each tree for many rows at once, without a branch.

After QuickScorer (Lucchese et al., SIGIR 2015): a split that sends a row right takes the leaves on its left away, and
the first leaf that is left is the row's. All splits on one feature are taken together: between two thresholds that
follow each other they answer alike, so that a table holds, for each such stretch, what they leave of every tree. A row
then costs one search and one AND over the trees per feature; for a hundred rows that is a fraction of the time of
walking the trees, whose every step is a branch that no processor foresees.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_LEAVES = 8
MAX_BYTES = 32_000_000
"""Larger tables would not stay in any cache."""
_ROWS = 128
"""Rows at a time: what they need stays in the processor's cache."""

_FULL = (1 << MAX_LEAVES) - 1
_FIRST = np.array([(byte & -byte).bit_length() - 1 if byte else 0 for byte in range(256)], dtype=np.uint8)

Matrix = NDArray[np.float32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class FeatureTable:
    """What all splits on one feature leave of each tree: `left[r]`, shape (trees,), of a row whose value has rank r.

    The rank of a number is how many `thresholds` lie below it, that of a category is its code, where `thresholds` is
    None. The last rank is for missing numbers, or for categories that no split knows.
    """

    feature: int
    thresholds: Matrix | None
    left: Bytes

    def ranks(self, values: Matrix) -> NDArray[np.int64]:
        last = len(self.left) - 1
        if self.thresholds is None:
            return _codes(values, last)
        found = self.thresholds.searchsorted(values)
        found[np.isnan(values)] = last
        return found


@dataclass(frozen=True)
class BitVectors:
    """All trees; `leaf_numbers[t, k]` is LightGBM's number of the k-th leaf of tree t from the left."""

    tables: tuple[FeatureTable, ...]
    leaf_numbers: NDArray[np.int64]

    def leaves(self, X: Matrix) -> NDArray[np.int64]:
        """As `Booster.predict(X, pred_leaf=True)`, shape (n, trees)."""
        return np.take_along_axis(self.leaf_numbers, self.places(X).T.astype(np.int64), axis=1).T

    def places(self, X: Matrix) -> Bytes:
        """Each tree's leaf as its place from the left, shape (n, trees)."""
        out = np.empty((len(X), len(self.leaf_numbers)), dtype=np.uint8)
        for start in range(0, len(X), _ROWS):
            rows = slice(start, start + _ROWS)
            out[rows] = self._some(np.ascontiguousarray(X[rows].T))
        return out

    def _some(self, columns: Matrix) -> Bytes:
        remaining = np.full((columns.shape[1], len(self.leaf_numbers)), _FULL, dtype=np.uint8)
        # One request's rows have one context: what depends on it alone is looked up once.
        same = (columns == columns[:, :1]).all(axis=1).tolist()
        shared = np.full(len(self.leaf_numbers), _FULL, dtype=np.uint8)
        for table in self.tables:
            values = columns[table.feature]
            if same[table.feature]:
                shared &= table.left[int(table.ranks(values[:1])[0])]
            else:
                np.bitwise_and(remaining, table.left.take(table.ranks(values), axis=0), out=remaining)
        return _FIRST.take(remaining & shared)


def _codes(values: Matrix, unknown: int) -> NDArray[np.int64]:
    """Categories as LightGBM reads them: the whole part; `unknown` for missing, negative and large ones."""
    known = (values > -1) & (values < unknown)
    return np.where(known, np.where(known, values, 0).astype(np.int64), unknown)


def bit_vectors(model: dict[str, Any]) -> BitVectors | None:
    """From `Booster.dump_model()`; None for a model with trees too large or too many, or that takes zeros for missing
    values."""
    trees = model["tree_info"]
    if not trees or any(int(tree["num_leaves"]) > MAX_LEAVES for tree in trees):
        return None
    leaf_numbers = np.zeros((len(trees), MAX_LEAVES), dtype=np.int64)
    by_feature: dict[int, list[_Split]] = {}
    for number, tree in enumerate(trees):
        ordered = _leaves(tree["tree_structure"])
        leaf_numbers[number, : len(ordered)] = ordered
        for node, mask in _splits(tree["tree_structure"], 0):
            by_feature.setdefault(int(node["split_feature"]), []).append(_Split(number, node, mask))
    if any(one.node["missing_type"] == "Zero" for splits in by_feature.values() for one in splits):
        return None
    tables = tuple(_table(feature, splits, len(trees)) for feature, splits in sorted(by_feature.items()))
    return BitVectors(tables, leaf_numbers) if sum(one.left.nbytes for one in tables) <= MAX_BYTES else None


@dataclass(frozen=True)
class _Split:
    """A node of LightGBM's dump, and the leaves of its tree that stay when it sends a row right."""

    tree: int
    node: dict[str, Any]
    mask: int


def _leaves(node: dict[str, Any]) -> list[int]:
    """LightGBM's numbers of the leaves below, from the left."""
    if "split_feature" not in node:
        return [int(node.get("leaf_index", 0))]
    return _leaves(node["left_child"]) + _leaves(node["right_child"])


def _splits(node: dict[str, Any], first: int) -> list[tuple[dict[str, Any], int]]:
    """Every split below, and the leaves that stay when it sends a row right; `first` is the place of the first leaf."""
    if "split_feature" not in node:
        return []
    on_left = len(_leaves(node["left_child"]))
    mask = _FULL & ~(((1 << on_left) - 1) << first)
    return [(node, mask), *_splits(node["left_child"], first), *_splits(node["right_child"], first + on_left)]


def _missing_goes_left(node: dict[str, Any]) -> bool:
    """Where LightGBM saw no missing value in training, it takes one for 0."""
    return bool(node["default_left"]) if node["missing_type"] == "NaN" else float(node["threshold"]) >= 0.0


def _table(feature: int, splits: list[_Split], trees: int) -> FeatureTable:
    """LightGBM splits a feature by thresholds or by categories, never by both."""
    by_number = splits[0].node["decision_type"] == "<="
    return _of_numbers(feature, splits, trees) if by_number else _of_categories(feature, splits, trees)


def _of_numbers(feature: int, splits: list[_Split], trees: int) -> FeatureTable:
    exact = np.array([float(one.node["threshold"]) for one in splits], dtype=np.float64)
    with np.errstate(over="ignore"):
        rounded = exact.astype(np.float32)
    # A float32 is at most the double exactly if it is at most the largest float32 that is.
    each = np.where(rounded > exact, np.nextafter(rounded, np.float32(-np.inf)), rounded).astype(np.float32)
    thresholds = np.unique(each)
    left = np.full((len(thresholds) + 2, trees), _FULL, dtype=np.uint8)
    for one, place in zip(splits, thresholds.searchsorted(each).tolist(), strict=True):
        left[place + 1 : -1, one.tree] &= one.mask
        if not _missing_goes_left(one.node):
            left[-1, one.tree] &= one.mask
    return FeatureTable(feature, thresholds, left)


def _of_categories(feature: int, splits: list[_Split], trees: int) -> FeatureTable:
    codes = [[int(code) for code in str(one.node["threshold"]).split("||")] for one in splits]
    left = np.full((max(map(max, codes)) + 2, trees), _FULL, dtype=np.uint8)
    for one, known in zip(splits, codes, strict=True):
        goes_right = np.ones(len(left), dtype=bool)
        goes_right[known] = False
        left[goes_right, one.tree] &= one.mask
    return FeatureTable(feature, None, left)
