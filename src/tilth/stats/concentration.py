"""How unevenly a total is spread over things: Gini coefficient, Lorenz curve, head share, coverage.

Counts are those of all things that there are, those without any included: leaving them out hides the very ones that get
nothing.
"""

from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tilth.errors import DataError


def gini(counts: ArrayLike) -> float:
    """Gini coefficient of counts, shape (things,): 0 where all have the same, (n - 1) / n where one has all.

    With x ascending and i from 1: G = 2 sum(i x_i) / (n sum(x)) - (n + 1) / n (Sen 1973). That is half the mean
    absolute difference over the mean. NaN where the total is 0.

    Raises:
        DataError: a count is negative or NaN, or there is more than one axis.
    """
    return gini_sorted(_ascending(counts))


def gini_sorted(ascending: NDArray[np.float64]) -> float:
    """As `gini`, of counts that are checked and sorted already."""
    n, total = len(ascending), float(ascending.sum())
    if not total:
        return float("nan")
    ranked = float(np.dot(np.arange(1, n + 1, dtype=np.float64), ascending))
    return max(2 * ranked / (n * total) - (n + 1) / n, 0.0)


def head_share(counts: ArrayLike, share: float) -> float:
    """Share of the total that the largest `ceil(share * n)` counts have. NaN where the total is 0.

    Raises:
        DataError: as `gini`, or `share` lies outside 0..1.
    """
    return head_share_sorted(_ascending(counts), share)


def head_share_sorted(ascending: NDArray[np.float64], share: float) -> float:
    """As `head_share`, of counts that are checked and sorted already."""
    total = float(ascending.sum())
    if not total:
        return float("nan")
    return float(ascending[len(ascending) - head_size(len(ascending), share) :].sum()) / total


def head_size(n: int, share: float) -> int:
    """How many of `n` things are a head of that share: `ceil(share * n)`, whole where the product is but for rounding.

    Raises:
        DataError: `share` lies outside 0..1.
    """
    if not 0 <= share <= 1:
        raise DataError(f"a share must lie between 0 and 1, got {share}")
    return min(ceil(share * n - 1e-9), n)


def lorenz(counts: ArrayLike, points: int = 201) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lorenz curve (Lorenz 1905): cumulative share of things, smallest first, and of the total that they have.

    At most `points` of its corners, evenly spaced, (0, 0) and (1, 1) among them; the diagonal's where the total is 0.

    Raises:
        DataError: as `gini`, or fewer than two points are asked for.
    """
    if points < 2:
        raise DataError(f"a curve has at least two points, got {points}")
    ascending = _ascending(counts)
    n, total = len(ascending), float(ascending.sum())
    if not total:
        return np.array([0.0, 1.0]), np.array([0.0, 1.0])
    places = np.unique(np.linspace(0, n, min(points, n + 1)).round().astype(np.int64))
    sums = np.concatenate([[0.0], np.cumsum(ascending)])
    return places / n, sums[places] / total


def coverage(counts: ArrayLike) -> float:
    """Share of things with any count: catalog coverage (Ge, Delgado-Battenfeld and Jannach 2010). NaN where none are.

    Raises:
        DataError: as `gini`.
    """
    array = _checked(counts)
    return float(np.count_nonzero(array)) / len(array) if len(array) else float("nan")


def total_variation(one: ArrayLike, other: ArrayLike) -> float:
    """Total variation distance of two distributions over the same things, given as counts: half the sum of the absolute
    differences of their shares, 0 to 1. NaN where one has no total.

    Raises:
        DataError: as `gini`, or the shapes differ.
    """
    left, right = _checked(one), _checked(other)
    if left.shape != right.shape:
        raise DataError(f"two distributions must be over the same things, got {len(left)} and {len(right)}")
    if not left.sum() or not right.sum():
        return float("nan")
    return float(np.abs(left / left.sum() - right / right.sum()).sum()) / 2


def _ascending(counts: ArrayLike) -> NDArray[np.float64]:
    return np.sort(_checked(counts))


def _checked(counts: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(counts, np.float64)
    if array.ndim != 1 or (len(array) and not array.min() >= 0):
        raise DataError("counts must be a vector of numbers that are at least 0")
    return array
