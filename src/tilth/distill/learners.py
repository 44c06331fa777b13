"""The learners: boosted trees and penalised logistic regression, both on soft labels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student import LinearModel, TreeModel

if TYPE_CHECKING:
    import lightgbm as lgb

ModelName = Literal["trees", "linear", "blend"]

Matrix = NDArray[np.float32]
Labels = NDArray[np.float64]

_LEVEL_CAP = 1024
_ROWS_PER_LEAF = 120


@dataclass(frozen=True)
class ModelConfig:
    """`bags` boosters with different seeds are averaged.

    `min_leaf` None grows with the training set. `threads` 0 uses all cores, rarely faster: training sets are small.
    """

    candidates: tuple[ModelName, ...] = ("trees", "linear", "blend")
    folds: int = 5
    max_rounds: int = 400
    learning_rate: float = 0.03
    leaves: int = 8
    min_leaf: int | None = None
    bags: int = 1
    threads: int = 1


def fit_trees(
    X: Matrix, p: Labels, categorical: Sequence[int], config: ModelConfig, rounds: int, seed: int
) -> TreeModel:
    import lightgbm as lgb

    booster = lgb.train(parameters(config, seed, len(p)), dataset(X, p, categorical), rounds)
    return TreeModel(booster.model_to_string())


def dataset(X: Matrix, p: Labels, categorical: Sequence[int]) -> "lgb.Dataset":
    import lightgbm as lgb

    return lgb.Dataset(X, p, categorical_feature=list(categorical), params={"verbosity": -1}, free_raw_data=True)


def parameters(config: ModelConfig, seed: int, count: int) -> dict[str, Any]:
    return {
        "objective": "cross_entropy",
        "learning_rate": config.learning_rate,
        "num_leaves": config.leaves,
        "min_data_in_leaf": config.min_leaf or min(max(count // _ROWS_PER_LEAF, 5), 40),
        "feature_fraction": 0.4,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 1.0,
        # LightGBM's defaults ask for more rows per category than a few hundred labels have.
        "min_data_per_group": 1,
        "cat_smooth": 1.0,
        "cat_l2": 1.0,
        "max_cat_to_onehot": 4,
        "deterministic": True,
        "force_row_wise": True,
        "seed": seed,
        "num_threads": config.threads,
        "verbosity": -1,
    }


def fit_linear(X: Matrix, p: Labels, categorical: Sequence[int] = (), penalty: float = 30.0) -> LinearModel:
    """Ridge-penalised logistic regression on soft labels, over standardised columns."""
    values = X.astype(np.float64)
    absent = np.isnan(values)
    count = np.maximum((~absent).sum(axis=0), 1)
    mean = np.where(absent, 0.0, values).sum(axis=0) / count
    spread = np.sqrt(np.where(absent, 0.0, (values - mean) ** 2).sum(axis=0) / count)
    numeric = np.ones(X.shape[1], dtype=bool)
    numeric[list(categorical)] = False
    scale = np.where(spread > 1e-9, spread, np.inf)
    blocks = [np.where(absent, 0.0, (values - mean) / scale)[:, numeric], absent.astype(np.float64)]
    sizes = {column: _level_count(values[:, column]) for column in categorical}
    blocks += [_one_hot(values[:, column], size) for column, size in sizes.items()]
    design = np.concatenate(blocks, axis=1)
    weights, intercept = _logistic(design, p, penalty)
    first = int(numeric.sum())
    weight = np.zeros(X.shape[1])
    weight[numeric] = weights[:first] / scale[numeric]
    levels: list[Labels] = [np.zeros(0)] * X.shape[1]
    start = first + X.shape[1]
    for column, size in sizes.items():
        levels[column] = weights[start : start + size]
        start += size
    return LinearModel(intercept, mean, weight, weights[first : first + X.shape[1]], tuple(levels))


def _level_count(column: Labels) -> int:
    return min(int(np.nanmax(column, initial=-1)) + 1, _LEVEL_CAP)


def _one_hot(column: Labels, size: int) -> Labels:
    out = np.zeros((len(column), size))
    rows = np.flatnonzero(column < size)
    out[rows, column[rows].astype(np.int64)] = 1
    return out


def _logistic(design: Labels, p: Labels, penalty: float) -> tuple[Labels, float]:
    from scipy.optimize import minimize

    def loss(parameters: Labels) -> tuple[float, Labels]:
        weights, intercept = parameters[:-1], parameters[-1]
        logits = design @ weights + intercept
        error = 0.5 * (1 + np.tanh(logits / 2)) - p
        value = np.sum(np.logaddexp(0.0, logits) - p * logits) + 0.5 * penalty * weights @ weights
        return float(value), np.append(design.T @ error + penalty * weights, error.sum())

    objective: Callable[..., Any] = loss
    found = minimize(objective, np.zeros(design.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return found.x[:-1], float(found.x[-1])
