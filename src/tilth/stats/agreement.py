"""Agreement of two sets of labels, from confusion counts.

A confusion array is indexed [..., gold class, said class]; leading axes (bootstrap replicates) pass through, so one
call gives all replicates. Binary ones have class 1 as the positive. Undefined numbers are NaN, never 0.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tilth.errors import DataError
from tilth.stats._checks import ratio, same_length


def confusion_counts(gold: ArrayLike, said: ArrayLike, n_classes: int) -> NDArray[np.float64]:
    """Counts (K, K) of class numbers `gold` and `said`, each (n,) in 0..K-1.

    Raises:
        DataError: when the lengths differ or a class number is out of range.
    """
    truth, label = np.asarray(gold, np.int64), np.asarray(said, np.int64)
    same_length(gold=truth, said=label)
    both = np.concatenate([truth, label])
    if both.size and (both.min() < 0 or both.max() >= n_classes):
        raise DataError(f"class numbers must lie in 0..{n_classes - 1}, found {both.min()} to {both.max()}")
    counts = np.bincount(truth * n_classes + label, minlength=n_classes * n_classes)
    return counts.reshape(n_classes, n_classes).astype(np.float64)


def precision(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of those said positive that are, (...,) from (..., 2, 2); NaN where nothing was said positive."""
    return ratio(confusion[..., 1, 1], confusion[..., :, 1].sum(-1))


def recall(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the positives that were said positive, (...,) from (..., 2, 2); NaN where there are none."""
    return ratio(confusion[..., 1, 1], confusion[..., 1, :].sum(-1))


def f1(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Harmonic mean of precision and recall, (...,) from (..., 2, 2): 2 TP / (2 TP + FP + FN).

    NaN only where neither side has a positive; 0 where there are some and none is shared.
    """
    hits = 2 * confusion[..., 1, 1]
    return ratio(hits, hits + confusion[..., 0, 1] + confusion[..., 1, 0])


def cohen_kappa(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Agreement beyond chance (Cohen 1960), (...,) from (..., K, K).

    NaN where chance alone agrees always: both sides use one and the same class.
    """
    k = confusion.shape[-1]
    return _weighted_kappa(confusion, 1.0 - np.eye(k))


def quadratic_weighted_kappa(confusion: NDArray[np.float64], values: ArrayLike | None = None) -> NDArray[np.float64]:
    """Kappa with disagreement weighed by squared distance (Cohen 1968), (...,) from (..., K, K).

    `values` (K,) are the grades that the classes stand for; without them 0..K-1. NaN as for `cohen_kappa`.
    """
    k = confusion.shape[-1]
    grades = np.arange(k, dtype=np.float64) if values is None else np.asarray(values, np.float64)
    return _weighted_kappa(confusion, (grades[:, None] - grades[None, :]) ** 2)


def _weighted_kappa(confusion: NDArray[np.float64], cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 - observed cost / cost expected from the margins, both times the squared total, so that counts stay exact."""
    total = confusion.sum((-2, -1))
    observed = total * np.einsum("...ij,ij->...", confusion, cost)
    gold, said = confusion.sum(-1), confusion.sum(-2)
    expected = np.einsum("...i,ij,...j->...", gold, cost, said, optimize=True)
    return 1.0 - ratio(observed, expected)
