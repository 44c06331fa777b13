"""The leaf of each tree for many rows at once, without a branch.

QuickScorer (Lucchese et al., SIGIR 2015) in numpy: every split of every tree is looked at for every row; a split that
sends the row right takes the leaves on its left away, and the first leaf that is left is the one. For a hundred rows
this takes half the time of walking the trees, whose every step is a branch that no processor foresees.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_LEAVES = 8
_ROWS = 128
"""Rows at a time: what they need stays in the processor's cache."""

_FULL = (1 << MAX_LEAVES) - 1
_FIRST = np.array([(byte & -byte).bit_length() - 1 if byte else 0 for byte in range(256)], dtype=np.uint8)

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class _Numbers:
    """Splits `x <= threshold` (places in the table of all splits) that treat a missing value alike."""

    places: NDArray[np.int64]
    features: NDArray[np.int64]
    thresholds: Matrix
    masks: NDArray[np.uint8]


@dataclass(frozen=True)
class _Category:
    """The splits on one feature's categories; `bits[k, code]` is what split k leaves of its tree, in the last column
    for codes that it does not know and for missing ones."""

    places: NDArray[np.int64]
    feature: int
    bits: NDArray[np.uint8]


@dataclass(frozen=True)
class BitVectors:
    """All trees; `leaf_numbers[t, k]` is LightGBM's number of the k-th leaf of tree t from the left."""

    splits: int
    missing_right: _Numbers
    missing_left: _Numbers
    categories: tuple[_Category, ...]
    leaf_numbers: NDArray[np.int64]

    def leaves(self, X: Matrix) -> NDArray[np.int64]:
        """As `Booster.predict(X, pred_leaf=True)`, shape (n, trees)."""
        out = np.empty((len(X), len(self.leaf_numbers)), dtype=np.int64)
        for start in range(0, len(X), _ROWS):
            rows = slice(start, start + _ROWS)
            out[rows] = self._some(np.ascontiguousarray(X[rows].T)).T
        return out

    def _some(self, columns: Matrix) -> NDArray[np.int64]:
        trees, count = len(self.leaf_numbers), columns.shape[1]
        bits = np.full((trees * self.splits, count), _FULL, dtype=np.uint8)
        right = self.missing_right
        goes_left = (columns[right.features] <= right.thresholds[:, None]).view(np.uint8)
        bits[right.places] = np.negative(goes_left) | right.masks[:, None]  # 0 or 255
        left = self.missing_left
        goes_right = (columns[left.features] > left.thresholds[:, None]).view(np.uint8)
        bits[left.places] = (goes_right - np.uint8(1)) | left.masks[:, None]
        for one in self.categories:
            bits[one.places] = one.bits[:, _codes(columns[one.feature], one.bits.shape[1] - 1)]
        remaining = np.bitwise_and.reduce(bits.reshape(trees, self.splits, count), axis=1)
        return np.take_along_axis(self.leaf_numbers, _FIRST[remaining].astype(np.int64), axis=1)


def _codes(values: Matrix, unknown: int) -> NDArray[np.int64]:
    """Categories as LightGBM reads them: the whole part; `unknown` for missing, negative and large ones."""
    known = (values > -1) & (values < unknown)
    return np.where(known, np.where(known, values, 0).astype(np.int64), unknown)


def bit_vectors(model: dict[str, Any]) -> BitVectors | None:
    """From `Booster.dump_model()`; None for a model with trees too large, or that takes zeros for missing values."""
    trees = model["tree_info"]
    if not trees or any(int(tree["num_leaves"]) > MAX_LEAVES for tree in trees):
        return None
    splits = max(max(int(tree["num_leaves"]) - 1 for tree in trees), 1)
    leaf_numbers = np.zeros((len(trees), MAX_LEAVES), dtype=np.int64)
    found: list[tuple[int, dict[str, Any], int]] = []
    for number, tree in enumerate(trees):
        ordered = _leaves(tree["tree_structure"])
        leaf_numbers[number, : len(ordered)] = ordered
        inner = _splits(tree["tree_structure"], 0)
        found += [(number * splits + place, node, mask) for place, (node, mask) in enumerate(inner)]
    if any(node["missing_type"] == "Zero" for _, node, _ in found):
        return None
    numbers = [one for one in found if one[1]["decision_type"] == "<="]
    return BitVectors(
        splits,
        _numbers([one for one in numbers if not _missing_goes_left(one[1])]),
        _numbers([one for one in numbers if _missing_goes_left(one[1])]),
        _categories([one for one in found if one[1]["decision_type"] != "<="]),
        leaf_numbers,
    )


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


def _numbers(found: list[tuple[int, dict[str, Any], int]]) -> _Numbers:
    exact = np.array([float(node["threshold"]) for _, node, _ in found], dtype=np.float64)
    with np.errstate(over="ignore"):
        rounded = exact.astype(np.float32)
    # A float32 is at most the double exactly if it is at most the largest float32 that is.
    thresholds = np.where(rounded > exact, np.nextafter(rounded, np.float32(-np.inf)), rounded).astype(np.float32)
    return _Numbers(
        np.array([place for place, _, _ in found], dtype=np.int64),
        np.array([int(node["split_feature"]) for _, node, _ in found], dtype=np.int64),
        thresholds,
        np.array([mask for _, _, mask in found], dtype=np.uint8),
    )


def _categories(found: list[tuple[int, dict[str, Any], int]]) -> tuple[_Category, ...]:
    by_feature: dict[int, list[tuple[int, set[int], int]]] = {}
    for place, node, mask in found:
        codes = {int(code) for code in str(node["threshold"]).split("||")}
        by_feature.setdefault(int(node["split_feature"]), []).append((place, codes, mask))
    return tuple(_category(feature, splits) for feature, splits in sorted(by_feature.items()))


def _category(feature: int, splits: list[tuple[int, set[int], int]]) -> _Category:
    width = max(max(codes) for _, codes, _ in splits) + 2
    bits = np.repeat(np.array([mask for _, _, mask in splits], dtype=np.uint8)[:, None], width, axis=1)
    for row, (_, codes, _) in enumerate(splits):
        bits[row, sorted(codes)] = _FULL
    return _Category(np.array([place for place, _, _ in splits], dtype=np.int64), feature, bits)
