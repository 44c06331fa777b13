"""What clustering costs: how many independent labels a clustered sample is worth."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from tilth.stats._checks import ratio

MIN_CLUSTERS = 20.0
MIN_EXPECTED_MISSES = 2.0


def clusters_needed(null_rate: float) -> float:
    """Effective clusters with which the design effect of a share near `null_rate` can be estimated at all.

    20, and more where misses are rare: few clusters may then, by luck, hold no bad one, and look alike.
    """
    return max(MIN_CLUSTERS, MIN_EXPECTED_MISSES / (1 - null_rate))


def effective_clusters(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Number of equal clusters as good as these, n^2 / sum(size^2) (Kish 1965): (...,) from (..., C); 0 if empty."""
    return np.nan_to_num(ratio(sizes.sum(-1) ** 2, (sizes**2).sum(-1)))


def design_effect(hits: NDArray[np.float64], sizes: NDArray[np.float64], null_rate: float) -> NDArray[np.float64]:
    """Variance of a share under clustering over its variance under simple random sampling, at least 1 (Kish 1965).

    `hits` and `sizes` (..., C) count successes and rows of each cluster; the result is (...,). The variance of the
    share is the jackknife's, sum((hits - rate * sizes)^2 / (1 - size / n)^2) * (C - 1) / C / n^2 (CV3 of MacKinnon,
    Nielsen and Webb 2023), which holds better than the plain one when clusters differ in size. It is taken at
    the observed share, and where that exceeds `null_rate`, the share that a test is about, at `null_rate` as well; the
    larger ratio counts, for clusters that happen to be all right have no spread around their own mean, yet prove
    little. A single cluster is worth one row; without rows the effect is 1.
    """
    n = sizes.sum(-1)
    observed = ratio(hits.sum(-1), n)
    at_null = np.where(observed >= null_rate, _effect_at(np.full(n.shape, null_rate), hits, sizes), np.nan)
    effect = np.fmax(np.fmax(_effect_at(observed, hits, sizes), at_null), 1.0)
    return np.asarray(np.where(np.count_nonzero(sizes, axis=-1) == 1, n, effect))


def _effect_at(rate: NDArray[np.float64], hits: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    n = sizes.sum(-1)
    n_clusters = np.count_nonzero(sizes, axis=-1)
    residual = ratio(hits - rate[..., None] * sizes, 1 - ratio(sizes, n[..., None]))
    clustered = (residual**2).sum(-1) * ratio(n_clusters - 1, n_clusters)
    # n / (n - 1) is the same correction for rows; it makes the effect exactly 1 when every row is its own cluster.
    independent = n * rate * (1 - rate) * ratio(n, n - 1)
    return ratio(clustered, independent)


def effective_size(
    n: NDArray[np.float64],
    n_clusters: NDArray[np.float64],
    effect: NDArray[np.float64],
    *,
    tail: float,
    least_clusters: float = MIN_CLUSTERS,
) -> NDArray[np.float64]:
    """Independent rows that `n` clustered ones are worth in an interval with `tail` error on its side, shape (...,).

    n / effect, shrunk by the squared ratio of the t quantiles with n - 1 and C - 1 degrees of freedom, since an effect
    estimated from few clusters is itself uncertain (Korn and Graubard 1998). `n_clusters` are effective ones; below
    `least_clusters` (see `clusters_needed`) the worst is assumed, one label a cluster, and the answer is their number.
    """
    rows_df, clusters_df = np.maximum(n - 1, 1.0), np.maximum(n_clusters - 1, 1.0)
    shrink = np.minimum((stdtrit(rows_df, tail) / stdtrit(clusters_df, tail)) ** 2, 1.0)
    return np.minimum(n, np.where(n_clusters < least_clusters, n_clusters, n / effect * shrink))
