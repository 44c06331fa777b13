"""Why a tree ensemble gave its score: the change of the expected value along the path to each leaf.

Saabas, Interpreting random forests, 2014. A row's score is the sum of the roots' values and, for every split on its way
down, of the difference between the child's value and the parent's, booked to the feature that was split on.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student.bitvectors import MAX_LEAVES
from tilth.artifacts.student.sparsity import Csr, sparse

_ROWS = 16_384
_PAIR = MAX_LEAVES**2


@dataclass(frozen=True)
class LeafPaths:
    """`table[starts[t] + l]` is what the path to leaf l of tree t adds per feature, `values[starts[t] + l]` that leaf's
    own value; `bias` the sum over the roots."""

    bias: float
    starts: NDArray[np.int64]
    table: NDArray[np.float64]
    values: NDArray[np.float64]

    def scores(self, leaves: NDArray[np.int64]) -> NDArray[np.float64]:
        """From the leaf of each tree, shape (n, trees), to raw scores, shape (n,): LightGBM's own to the last bit."""
        return np.asarray(self._reached(leaves) @ self.values)

    def contributions(self, leaves: NDArray[np.int64]) -> NDArray[np.float64]:
        """From the leaf of each tree, shape (n, trees), to the logit of each feature, shape (n, features)."""
        out = np.zeros((len(leaves), self.table.shape[1]))
        for start in range(0, len(leaves), _ROWS):  # blocks that bound the memory
            rows = slice(start, start + _ROWS)
            out[rows] = self._reached(leaves[rows]) @ self.table
        return out

    def _reached(self, leaves: NDArray[np.int64]) -> Csr:
        return _ones((leaves + self.starts).astype(np.int32), len(self.table), np.float64)


@dataclass(frozen=True)
class PairedPaths:
    """The paths of two trees at a time, for leaves given by their places from the left.

    `table[64 * t + 8 * i + j]` is what the i-th leaf of tree 2 t and the j-th of tree 2 t + 1 add per feature, so that
    half as many rows of it are summed. In single precision: what for is a ranking, and the sums differ from those of
    `LeafPaths` by a millionth of the largest.
    """

    values: NDArray[np.float64]
    table: NDArray[np.float32]

    def scores(self, places: NDArray[np.uint8]) -> NDArray[np.float64]:
        """From the place of each tree's leaf, shape (n, trees), to raw scores, shape (n,): LightGBM's own to the last
        bit."""
        columns = places + np.arange(0, len(self.values), MAX_LEAVES, dtype=np.int32)
        return np.asarray(_ones(columns, len(self.values), np.float64) @ self.values)

    def contributions(self, places: NDArray[np.uint8]) -> NDArray[np.float64]:
        """From the place of each tree's leaf, shape (n, trees), to the logit of each feature, shape (n, features)."""
        out = np.zeros((len(places), self.table.shape[1]))
        for start in range(0, len(places), _ROWS):
            rows = slice(start, start + _ROWS)
            some = places[rows].astype(np.int32)
            left, right = some[:, 0::2], some[:, 1::2]
            if right.shape[1] < left.shape[1]:
                right = np.pad(right, ((0, 0), (0, 1)))  # beside the last tree stands one that adds nothing
            columns = MAX_LEAVES * left + right + np.arange(0, len(self.table), _PAIR, dtype=np.int32)
            out[rows] = _ones(columns, len(self.table), np.float32) @ self.table
        return out


def _ones(columns: NDArray[np.int32], width: int, kind: type) -> Csr:
    """1 at the columns of each row, shape (n, width); `columns` has shape (n, k)."""
    count, each = columns.shape
    ends = np.arange(0, count * each + 1, max(each, 1), dtype=np.int32)[: count + 1]
    return sparse.csr_matrix((np.ones(count * each, kind), columns.ravel(), ends), shape=(count, width))


def paired_paths(paths: LeafPaths, leaf_numbers: NDArray[np.int64]) -> PairedPaths:
    """`leaf_numbers[t, k]` is LightGBM's number of the k-th leaf of tree t from the left, shape (trees, MAX_LEAVES)."""
    rows = (paths.starts[:, None] + leaf_numbers).ravel()
    by_tree = paths.table[rows].reshape(len(leaf_numbers), MAX_LEAVES, -1)
    if len(by_tree) % 2:
        by_tree = np.concatenate([by_tree, np.zeros_like(by_tree[:1])])
    pairs = by_tree[0::2, :, None, :] + by_tree[1::2, None, :, :]
    return PairedPaths(paths.values[rows], pairs.reshape(-1, by_tree.shape[2]).astype(np.float32))


def leaf_paths(model: dict[str, Any]) -> LeafPaths:
    """From `Booster.dump_model()`."""
    features = int(model["max_feature_idx"]) + 1
    tables: list[NDArray[np.float64]] = []
    values: list[NDArray[np.float64]] = []
    bias = 0.0
    for tree in model["tree_info"]:
        root, leaves = tree["tree_structure"], int(tree["num_leaves"])
        tables.append(np.zeros((leaves, features)))
        values.append(np.zeros(leaves))
        bias += _value(root)
        _walk(root, np.zeros(features), tables[-1], values[-1])
    starts = np.cumsum([0, *map(len, tables)])[:-1].astype(np.int64)
    if not tables:
        return LeafPaths(bias, starts, np.zeros((0, features)), np.zeros(0))
    return LeafPaths(bias, starts, np.concatenate(tables), np.concatenate(values))


def _value(node: dict[str, Any]) -> float:
    return float(node["internal_value"] if "internal_value" in node else node["leaf_value"])


def _walk(
    node: dict[str, Any], added: NDArray[np.float64], table: NDArray[np.float64], values: NDArray[np.float64]
) -> None:
    if "split_feature" not in node:
        leaf = int(node.get("leaf_index", 0))
        table[leaf], values[leaf] = added, _value(node)
        return
    for child in (node["left_child"], node["right_child"]):
        onward = added.copy()
        onward[int(node["split_feature"])] += _value(child) - _value(node)
        _walk(child, onward, table, values)
