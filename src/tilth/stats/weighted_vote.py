"""Several sources' scores made one probability, with weights that a few gold labels have to earn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from tilth.errors import DataError
from tilth.stats._checks import shares
from tilth.stats.calibration import log_loss

PENALTIES = (1.0, 10.0, 100.0, 1000.0)
"""Strengths that are tried against departing from equal weights, in units of labels."""

MAX_STEPS = 100
TOLERANCE = 1e-9


@dataclass(frozen=True)
class WeightedVote:
    """p = 1 / (1 + exp(-(intercept + sum of weights * z))), z the sources' standardised scores.

    `mean`, `scale` and `weights` are (M,); a source that is silent about a row leaves its weight to the others.
    `penalty` is the strength that cross-validation chose.
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    common: float
    departures: NDArray[np.float64]
    intercept: float
    penalty: float

    @property
    def weights(self) -> NDArray[np.float64]:
        """(M,) weight of each source where all of them speak."""
        return self.common / len(self.departures) + self.departures

    def apply(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Probabilities (N,) of `scores` (N, M), NaN where a source is silent; NaN where all are."""
        raw = np.asarray(scores, np.float64)
        design = _design((raw - self.mean) / self.scale)
        beta = np.concatenate([[self.intercept, self.common], self.departures])
        return np.where(np.isnan(raw).all(axis=1), np.nan, expit(design @ beta))


def fit_weighted_vote(scores: ArrayLike, labels: ArrayLike, groups: ArrayLike) -> WeightedVote:
    """Logistic regression of `labels` (n,), 0 or 1, on `scores` (n, M) that rise towards 1, NaN where silent.

    Each source's weight is a common one plus a departure, and only the departures are penalised (a ridge that shrinks
    to equal weights, not to none): with little gold the result is the calibrated mean of the sources, with more it is
    what each has earned. The strength is the one of `PENALTIES` with the least log loss in a cross-validation over
    `groups` (n,), whole contexts held out.

    Raises:
        DataError: shapes differ, labels are outside 0..1, or all labels are of one class.
    """
    raw, target, group = np.asarray(scores, np.float64), shares(labels, "labels"), np.asarray(groups)
    if raw.ndim != 2 or len(raw) != len(target) or len(group) != len(target):
        raise DataError(f"scores {raw.shape}, labels {target.shape} and groups {group.shape} do not fit together")
    if target.min() == target.max():
        raise DataError("weights need gold of both classes", hint="label more pairs, or draw them at random")
    spoken = ~np.isnan(raw).all(axis=1)
    raw, target, group = raw[spoken], target[spoken], group[spoken]
    losses = [_held_out_loss(raw, target, group, penalty) for penalty in PENALTIES]
    return _fit(raw, target, PENALTIES[int(np.argmin(losses))])


def folds_of(groups: ArrayLike, n_folds: int, *, seed: int = 0) -> NDArray[np.int64]:
    """Fold number (n,) of each row, 0..n_folds-1: whole groups, in folds of about equally many groups."""
    names, codes = np.unique(np.asarray(groups), return_inverse=True)
    return np.random.default_rng(seed).permutation(len(names))[codes] % n_folds


def _held_out_loss(
    raw: NDArray[np.float64], target: NDArray[np.float64], group: NDArray[np.generic], penalty: float
) -> float:
    fold = folds_of(group, 5)
    p = np.full(len(target), target.mean())
    for held in np.unique(fold):
        rest = fold != held
        if rest.any() and target[rest].min() < target[rest].max():
            p[~rest] = _fit(raw[rest], target[rest], penalty).apply(raw[~rest])
    return log_loss(p, target)


def _fit(raw: NDArray[np.float64], target: NDArray[np.float64], penalty: float) -> WeightedVote:
    spoken = ~np.isnan(raw)
    count = np.maximum(spoken.sum(axis=0), 1)
    mean = np.where(spoken, raw, 0.0).sum(axis=0) / count
    spread = np.sqrt(np.where(spoken, (raw - mean) ** 2, 0.0).sum(axis=0) / count)
    scale = np.where(spread > TOLERANCE, spread, 1.0)
    design = _design((raw - mean) / scale)
    # The two free ones get a trace of a penalty too, or sources that split the classes perfectly have no finite fit.
    ridge = np.concatenate([[TOLERANCE, 1.0], np.full(raw.shape[1], penalty)])
    beta = _newton(design, target, ridge)
    return WeightedVote(mean, scale, float(beta[1]), beta[2:], float(beta[0]), penalty)


def _design(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns (N, 2 + M): one, the mean of those that speak, and each source (0 where silent)."""
    spoken = ~np.isnan(z)
    known = np.where(spoken, z, 0.0)
    centre = known.sum(axis=1) / np.maximum(spoken.sum(axis=1), 1)
    return np.column_stack([np.ones(len(z)), centre, known])


def _newton(
    design: NDArray[np.float64], target: NDArray[np.float64], ridge: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Coefficients with the least cross-entropy plus half the ridge-weighted squares."""

    def loss(beta: NDArray[np.float64]) -> float:
        z = design @ beta
        return float((np.logaddexp(0.0, z) - target * z).sum() + (ridge * beta**2).sum() / 2)

    beta = np.zeros(design.shape[1])
    now = loss(beta)
    for _ in range(MAX_STEPS):
        p = expit(design @ beta)
        gradient = design.T @ (p - target) + ridge * beta
        hessian = design.T @ (design * (p * (1 - p))[:, None]) + np.diag(ridge)
        step, size = np.linalg.solve(hessian, gradient), 1.0
        while (moved := loss(beta - size * step)) > now and size > TOLERANCE:
            size /= 2
        if now - moved <= TOLERANCE * len(target):
            break
        beta, now = beta - size * step, moved
    return beta
