"""A share with its interval, for rows that may be weighted and may come several to an entity."""

from collections.abc import Sequence

import numpy as np

from tilth.stats import ClusterBootstrap, Estimate, wilson
from tilth.stats.design import effective_clusters

N_BOOT = 1000
LEAST_ENTITIES = 10
"""With fewer, a bootstrap over entities is too narrow."""


def rate(hits: Sequence[bool], weights: Sequence[float], entities: Sequence[str], *, seed: int = 0) -> Estimate:
    """Weighted share of `hits` with a 95 % interval; all (rows,). NaN without rows.

    Where each entity has one row it is Wilson's at the effective size of the weights, (sum w)^2 / sum w^2 (Kish 1965).
    Where some have several (elements of a list), a bootstrap over entities; and Wilson's at the effective number of
    entities where there are few, or all rows are right or all wrong, so that resampling shows no spread.
    """
    if not len(hits):
        return Estimate(float("nan"), float("nan"), float("nan"))
    right, weight = np.asarray(hits, np.float64), np.asarray(weights, np.float64)
    value = float(np.average(right, weights=weight))
    _, codes = np.unique(np.asarray(entities), return_inverse=True)
    totals = np.asarray(np.bincount(codes, weight), np.float64)
    if len(totals) == len(right) or value in (0.0, 1.0) or len(totals) < LEAST_ENTITIES:
        size = float(effective_clusters(totals))
        interval = wilson(min(value * size, size), size)
        return Estimate(value, interval.low, interval.high)
    bootstrap = ClusterBootstrap(codes, n_boot=N_BOOT, seed=seed)
    drawn = bootstrap.totals(np.column_stack([weight * right, weight]))
    return bootstrap.estimate(value, drawn[:, 0] / drawn[:, 1])


class Rows:
    """Rows of one share, gathered one by one."""

    def __init__(self) -> None:
        self.hits, self.weights, self.entities = list[bool](), list[float](), list[str]()

    def add(self, hit: bool, weight: float, entity: str) -> None:
        self.hits.append(hit)
        self.weights.append(weight)
        self.entities.append(entity)

    def rate(self, seed: int = 0) -> Estimate:
        return rate(self.hits, self.weights, self.entities, seed=seed)
