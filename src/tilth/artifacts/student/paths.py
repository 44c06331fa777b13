"""Why a tree ensemble gave its score: the change of the expected value along the path to each leaf.

Saabas, Interpreting random forests, 2014. A row's score is the sum of the roots' values and, for every split on its way
down, of the difference between the child's value and the parent's, booked to the feature that was split on.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROWS = 4096


@dataclass(frozen=True)
class LeafPaths:
    """`table[starts[t] + l]` is what the path to leaf l of tree t adds per feature; `bias` the sum over the roots."""

    bias: float
    starts: NDArray[np.int64]
    table: NDArray[np.float64]

    def contributions(self, leaves: NDArray[np.int64]) -> NDArray[np.float64]:
        """From the leaf of each tree, shape (n, trees), to the logit of each feature, shape (n, features)."""
        out = np.zeros((len(leaves), self.table.shape[1]))
        for start in range(0, len(leaves), _ROWS):  # blocks that stay in the processor's cache
            rows = slice(start, start + _ROWS)
            for tree, first in enumerate(self.starts):
                out[rows] += self.table[first + leaves[rows, tree]]
        return out


def leaf_paths(model: dict[str, Any]) -> LeafPaths:
    """From `Booster.dump_model()`."""
    features = int(model["max_feature_idx"]) + 1
    tables: list[NDArray[np.float64]] = []
    bias = 0.0
    for tree in model["tree_info"]:
        root = tree["tree_structure"]
        table = np.zeros((int(tree["num_leaves"]), features))
        bias += _value(root)
        _walk(root, np.zeros(features), table)
        tables.append(table)
    starts = np.cumsum([0, *(len(table) for table in tables)])[:-1].astype(np.int64)
    return LeafPaths(bias, starts, np.concatenate(tables) if tables else np.zeros((0, features)))


def _value(node: dict[str, Any]) -> float:
    return float(node["internal_value"] if "internal_value" in node else node["leaf_value"])


def _walk(node: dict[str, Any], added: NDArray[np.float64], table: NDArray[np.float64]) -> None:
    if "split_feature" not in node:
        table[int(node.get("leaf_index", 0))] = added
        return
    for child in (node["left_child"], node["right_child"]):
        onward = added.copy()
        onward[int(node["split_feature"])] += _value(child) - _value(node)
        _walk(child, onward, table)
