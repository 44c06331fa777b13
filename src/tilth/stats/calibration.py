"""Whether a probability means what it says."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tilth.errors import DataError
from tilth.stats._checks import row_weights, same_length, shares

TINY = 1e-15
"""Probabilities are kept this far from 0 and 1, so that one sure mistake does not make the log loss infinite."""


@dataclass(frozen=True)
class ReliabilityBins:
    """Rows grouped by probability, rising: mean probability, share of positives and number of rows, each (bins,)."""

    mean_p: NDArray[np.float64]
    rate: NDArray[np.float64]
    count: NDArray[np.int64]


def brier(p: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Mean squared distance of probability and label (Brier 1950); 0 is best. All (n,), labels hard or soft in 0..1.

    Raises:
        DataError: for values outside 0..1 or lengths that differ.
    """
    probability, target = _checked(p, labels)
    return float(np.average((probability - target) ** 2, weights=row_weights(weights, len(target))))


def log_loss(p: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Mean cross-entropy in nats; 0 is best. Arguments and errors as `brier`."""
    probability, target = _checked(p, labels)
    sure = np.clip(probability, TINY, 1 - TINY)
    loss = -(target * np.log(sure) + (1 - target) * np.log1p(-sure))
    return float(np.average(loss, weights=row_weights(weights, len(target))))


def reliability_bins(p: ArrayLike, labels: ArrayLike, n_bins: int = 10) -> ReliabilityBins:
    """At most `n_bins` bins of about equal mass; arguments and errors as `brier`.

    Equal probabilities stay in one bin, so the result does not depend on the order of rows; with many ties there are
    fewer bins.
    """
    probability, target = _checked(p, labels)
    if n_bins < 1:
        raise DataError(f"n_bins must be at least 1, got {n_bins}")
    edges = np.quantile(probability, np.arange(1, n_bins) / n_bins, method="inverted_cdf")
    _, which = np.unique(np.searchsorted(edges, probability, side="left"), return_inverse=True)
    count = np.bincount(which)
    return ReliabilityBins(np.bincount(which, probability) / count, np.bincount(which, target) / count, count)


def expected_calibration_error(p: ArrayLike, labels: ArrayLike, n_bins: int = 10) -> float:
    """Mean distance of probability and share of positives over bins of equal mass.

    Naeini et al. 2015, with the equal-mass bins of Nixon et al. 2019. Arguments and errors as `brier`.
    """
    bins = reliability_bins(p, labels, n_bins)
    return float(np.average(np.abs(bins.mean_p - bins.rate), weights=bins.count))


def _checked(p: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    probability, target = shares(p, "probabilities"), shares(labels, "labels")
    same_length(probabilities=probability, labels=target)
    return probability, target
