"""Measures of a replay, each with a bootstrap interval over queries, or over the people who made them."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from tilth.errors import DataError
from tilth.stats import ClusterBootstrap, Estimate

UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))


def reciprocal_ranks(ranks: NDArray[np.int64], k: int = 10) -> NDArray[np.float64]:
    """1 / rank where 1 <= rank <= k, else 0: (n,). Their mean is MRR@k (Voorhees 1999)."""
    return np.where((ranks >= 1) & (ranks <= k), 1 / np.maximum(ranks, 1), 0.0)


def hits(ranks: NDArray[np.int64], k: int = 10) -> NDArray[np.float64]:
    """1 where 1 <= rank <= k, else 0: (n,)."""
    return ((ranks >= 1) & (ranks <= k)).astype(np.float64)


def keystrokes_saved(typed: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of each query's characters that need not be typed: (n,).

    Picking the suggestion is one keystroke, so a query saves length - typed - 1, and nothing if it must be typed whole.

    Raises:
        DataError: the shapes differ, or more was typed than there is.
    """
    if typed.shape != lengths.shape or (typed > lengths).any():
        raise DataError("of each query at most its length can be typed")
    return np.maximum(lengths - typed - 1, 0) / np.maximum(lengths, 1)


def covered(suggested: Iterable[str], wanted: Sequence[str]) -> NDArray[np.float64]:
    """1 for each of the `wanted` normal forms that is among those `suggested`, else 0: (n,)."""
    known = set(suggested)
    return np.array([form in known for form in wanted], dtype=np.float64)


def mean_of(values: NDArray[np.float64], *, seed: int = 0, replicates: int = 1000) -> Estimate:
    """The mean over queries with its 95 % interval; NaN where there are none."""
    if not len(values):
        return UNKNOWN
    return clustered_mean(ClusterBootstrap(np.arange(len(values)), n_boot=replicates, seed=seed), values)


def clustered_mean(
    bootstrap: ClusterBootstrap, values: NDArray[np.float64], rows: NDArray[np.bool_] | None = None
) -> Estimate:
    """The mean of `values` (n,), of the `rows` (n,) alone where they are given, with its 95 % interval over clusters.

    Rows without a value (NaN) are left out; NaN where none is left.
    """
    known = ~np.isnan(values) if rows is None else rows & ~np.isnan(values)
    places = np.flatnonzero(known)
    if not len(places):
        return UNKNOWN
    some = values[places]
    return bootstrap.estimate(float(some.mean()), bootstrap.mean(some, places))


def ratio_of(values: NDArray[np.float64], base: NDArray[np.float64], *, seed: int = 0) -> Estimate:
    """How many times the mean of `base` the mean of `values` is, of the same queries; NaN where that of `base` is 0.

    Raises:
        DataError: the shapes differ.
    """
    if values.shape != base.shape:
        raise DataError("a ratio compares the same queries")
    if not len(values) or not base.sum():
        return UNKNOWN
    bootstrap = ClusterBootstrap(np.arange(len(values)), seed=seed)
    above, below = bootstrap.mean(values), bootstrap.mean(base)
    replicates = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
    return bootstrap.estimate(float(values.mean() / base.mean()), replicates)
