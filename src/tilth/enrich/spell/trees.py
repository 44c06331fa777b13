"""Boosted trees from readings that were wanted and others that were not."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.speller.forest import DEPTH, ForestArrays

ROUNDS = 60
SETTINGS: dict[str, object] = {
    "objective": "binary",
    "learning_rate": 0.12,
    "num_leaves": 16,
    "max_depth": DEPTH,
    "min_data_in_leaf": 30,
    "lambda_l2": 5.0,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "seed": 0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
"""Chosen by cross-validation on queries of a shop; few trees, since each takes its share of the time of a query."""


def fit_forest(rows: Sequence[Sequence[float]], wanted: NDArray[np.bool_]) -> ForestArrays:
    """Trees that give the log odds that a row, the features of a reading, is wanted (n,)."""
    import lightgbm as lgb

    data = lgb.Dataset(np.array(rows, dtype=np.float64), wanted.astype(np.float64))
    dumped = lgb.train(dict(SETTINGS), data, ROUNDS).dump_model()["tree_info"]
    trees = [_Tree(one["tree_structure"]) for one in dumped]
    return ForestArrays(
        features=np.array([tree.features for tree in trees], dtype=np.int64),
        thresholds=np.array([tree.thresholds for tree in trees], dtype=np.float64),
        leaves=np.array([tree.leaves for tree in trees], dtype=np.float64),
    )


class _Tree:
    """A tree with all its levels filled: where a branch ends early, splits that everything passes to the left."""

    def __init__(self, structure: dict[str, object]) -> None:
        splits = (1 << DEPTH) - 1
        self.features = [0] * splits
        self.thresholds = [float("inf")] * splits
        self.leaves = [0.0] * (splits + 1)
        self._put(structure, 0)

    def _put(self, node: dict[str, object], place: int) -> None:
        if place >= len(self.features):
            self.leaves[place - len(self.features)] = float(str(node["leaf_value"]))
        elif "leaf_value" in node:
            self._put(node, 2 * place + 1)
        else:
            self.features[place] = int(str(node["split_feature"]))
            self.thresholds[place] = float(str(node["threshold"]))
            for side, below in (("left_child", 1), ("right_child", 2)):
                child = node[side]
                if isinstance(child, dict):
                    self._put(child, 2 * place + below)
