"""Why a tree ensemble gave its score: the change of the expected value along the path to each leaf.

Saabas, Interpreting random forests, 2014. A row's score is the sum of the roots' values and, for every split on its way
down, of the difference between the child's value and the parent's, booked to the feature that was split on.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student.sparsity import Csr, sparse

_ROWS = 16_384


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
        """1 at the leaves that each row reached, shape (n, leaves of all trees)."""
        count, trees = leaves.shape
        columns = (leaves + self.starts).astype(np.int32).ravel()
        ends = np.arange(0, count * trees + 1, max(trees, 1), dtype=np.int32)[: count + 1]
        return sparse.csr_matrix((np.ones(count * trees), columns, ends), shape=(count, len(self.table)))


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
