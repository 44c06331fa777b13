"""Platt scaling: a raw score becomes a probability through a fitted sigmoid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from tilth.errors import DataError
from tilth.stats._checks import finite, row_weights, same_length, shares

MAX_STEPS = 100
TOLERANCE = 1e-10


@dataclass(frozen=True)
class Platt:
    """p = 1 / (1 + exp(-(slope * logit + intercept))); a slope of at least 0 never turns the ranking round."""

    slope: float
    intercept: float

    def apply(self, logits: ArrayLike) -> NDArray[np.float64]:
        """Probabilities, in the shape of `logits`."""
        return np.asarray(expit(self.slope * np.asarray(logits, np.float64) + self.intercept))


def fit_platt(logits: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> Platt:
    """Fits slope and intercept on raw scores `logits` and `labels` (hard, or soft in 0..1), all (n,).

    Targets are smoothed as in Platt 1999, (N+ + 1) / (N+ + 2) and 1 / (N- + 2), with soft labels in between, so that a
    perfect split does not give an infinite slope; the fit is Newton's with backtracking (Lin, Lin and Weng 2007). Where
    the best slope is negative the best one allowed is 0, since the loss is convex: every row then gets the base rate.

    Raises:
        DataError: for values that are not finite, labels outside 0..1, lengths that differ, or one class only.
    """
    raw, target = finite(logits, "logits"), shares(labels, "labels")
    same_length(logits=raw, labels=target)
    weight = row_weights(weights, len(raw))
    n_positive = float(weight @ target)
    n_negative = float(weight.sum()) - n_positive
    if n_positive <= 0 or n_negative <= 0:
        raise DataError("calibration needs labels of both classes", hint="label more pairs, or draw them at random")
    smooth = target * (n_positive + 1) / (n_positive + 2) + (1 - target) / (n_negative + 2)
    base = float(logit(np.average(smooth, weights=weight)))
    centre, spread = float(raw.mean()), float(raw.std())
    if spread <= TOLERANCE * max(1.0, abs(centre)):
        return Platt(0.0, base)
    slope, intercept = _newton((raw - centre) / spread, smooth, weight, np.array([0.0, base]))
    if slope <= 0:
        return Platt(0.0, base)
    return Platt(float(slope / spread), float(intercept - slope * centre / spread))


def _newton(
    x: NDArray[np.float64], target: NDArray[np.float64], weight: NDArray[np.float64], start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Slope and intercept (2,) with the least weighted cross-entropy."""
    design = np.column_stack([x, np.ones_like(x)])
    beta, loss = start, _loss(design @ start, target, weight)
    for _ in range(MAX_STEPS):
        p = expit(design @ beta)
        gradient = design.T @ (weight * (p - target))
        if np.abs(gradient).max() <= TOLERANCE * weight.sum():
            break
        hessian = design.T @ (design * (weight * p * (1 - p))[:, None])
        step = np.linalg.solve(hessian + 1e-12 * weight.sum() * np.eye(2), gradient)
        size = 1.0
        while (moved := _loss(design @ (beta - size * step), target, weight)) > loss and size > TOLERANCE:
            size /= 2
        if moved > loss:
            break
        beta, loss = beta - size * step, moved
    return beta


def _loss(z: NDArray[np.float64], target: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Weighted cross-entropy of logits `z`, in the form that cannot overflow."""
    return float(weight @ (np.logaddexp(0.0, z) - target * z))
