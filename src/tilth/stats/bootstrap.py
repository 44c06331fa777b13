"""The cluster bootstrap: intervals for labels that come in groups, such as the items of one query."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tilth.errors import DataError
from tilth.stats._checks import level, ratio
from tilth.stats.intervals import Estimate, Interval
from tilth.stats.ranking import auroc_replicates

MAX_UNDEFINED = 0.05
"""Share of replicates in which a number may be undefined before its interval is not given at all."""


def percentile_interval(replicates: ArrayLike, confidence: float = 0.95) -> Interval:
    """Percentile interval (Efron and Tibshirani 1993, chapter 13) of bootstrap replicates, shape (B,).

    Replicates in which the number was undefined (NaN) are left out; where they are more than 5 %, what is left no
    longer describes the number, and the interval is NaN.

    Raises:
        DataError: unless 0 < confidence < 1.
    """
    values = np.asarray(replicates, np.float64)
    defined = values[~np.isnan(values)]
    tail = (1 - level(confidence, "confidence")) / 2
    if not defined.size or values.size - defined.size > MAX_UNDEFINED * values.size:
        return Interval(float("nan"), float("nan"))
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Interval(float(low), float(high))


class ClusterBootstrap:
    """Resamples whole clusters with replacement (Field and Welsh 2007), once, for every number that is asked later.

    All numbers share the same draws, so the difference of two of them, replicate by replicate, is a paired one.

    `codes` (n,) is the cluster number of each row, `weights` (B, C) how often replicate b drew cluster c; it takes
    8 * B * C bytes. In the methods `rows` (m,) says which of the n rows the m values belong to; without it m = n.

    Raises:
        DataError: when there are no rows or no replicates.
    """

    def __init__(self, clusters: ArrayLike, *, n_boot: int = 1000, seed: int = 0) -> None:
        names, codes = np.unique(np.asarray(clusters), return_inverse=True)
        if not names.size or n_boot < 1:
            raise DataError("a bootstrap needs at least one row and one replicate")
        self.codes: NDArray[np.int64] = codes.astype(np.int64)
        self.n_clusters = len(names)
        rng = np.random.default_rng(seed)
        draws = rng.multinomial(self.n_clusters, np.full(self.n_clusters, 1 / self.n_clusters), size=n_boot)
        self.weights: NDArray[np.float64] = draws.astype(np.float64)

    def totals(self, values: ArrayLike, rows: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """Sum of `values` (m,) or (m, q) in each replicate: (B,) or (B, q)."""
        array = np.asarray(values, np.float64)
        codes = self._codes(rows)
        columns = array.reshape(len(codes), -1).T
        sums = np.stack([np.bincount(codes, column, self.n_clusters) for column in columns], axis=1)
        return (self.weights @ sums).reshape(-1, *array.shape[1:])

    def mean(self, values: ArrayLike, rows: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """Mean of `values` (m,) in each replicate: (B,); NaN where no row of it was drawn."""
        array = np.asarray(values, np.float64)
        sums = self.totals(np.column_stack([array, np.ones_like(array)]), rows)
        return ratio(sums[:, 0], sums[:, 1])

    def confusion(
        self,
        gold: NDArray[np.integer] | NDArray[np.bool_],
        said: NDArray[np.integer] | NDArray[np.bool_],
        n_classes: int,
        rows: NDArray[np.int64] | None = None,
    ) -> NDArray[np.float64]:
        """Confusion counts (B, K, K) of class numbers `gold` and `said` (m,), indexed [replicate, gold, said]."""
        cells = n_classes * n_classes
        flat = self._codes(rows) * cells + gold.astype(np.int64) * n_classes + said.astype(np.int64)
        counts = np.bincount(flat, minlength=self.n_clusters * cells).reshape(self.n_clusters, cells)
        return (self.weights @ counts).reshape(-1, n_classes, n_classes)

    def auroc(self, scores: ArrayLike, labels: ArrayLike, rows: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """AUROC (B,) of `scores` (m,) for binary `labels` (m,); NaN where a replicate has one class only."""
        return auroc_replicates(scores, labels, self._codes(rows), self.weights)

    def interval(self, replicates: ArrayLike, confidence: float = 0.95) -> Interval:
        """Percentile interval of replicates (B,); NaN with a single cluster, whose replicates are all the same."""
        if self.n_clusters < 2:
            return Interval(float("nan"), float("nan"))
        return percentile_interval(replicates, confidence)

    def estimate(self, value: float, replicates: ArrayLike, confidence: float = 0.95) -> Estimate:
        """`value`, computed on all rows, with the interval of its replicates (B,)."""
        interval = self.interval(replicates, confidence)
        return Estimate(value, interval.low, interval.high)

    def _codes(self, rows: NDArray[np.int64] | None) -> NDArray[np.int64]:
        return self.codes if rows is None else self.codes[rows]
