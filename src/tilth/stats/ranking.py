"""How well a score ranks the positives above the rest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array

from tilth.stats._checks import binary, finite, ratio, row_weights, same_length

CHUNK_CELLS = 4_000_000
"""Cells of the largest temporary array: 32 MB of float64."""


@dataclass(frozen=True)
class PrecisionRecallCurve:
    """One point per distinct score, thresholds falling; `score >= thresholds[i]` is flagged. All arrays (V,)."""

    thresholds: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    flagged_share: NDArray[np.float64]


def auroc(scores: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Probability that a random positive outscores a random negative, ties counted half (Hanley and McNeil 1982).

    `scores`, binary `labels` and `weights`: (n,). NaN with one class only.

    Raises:
        DataError: for NaN scores, labels other than 0 and 1, lengths that differ.
    """
    _, positive, negative = _by_score(scores, labels, weights)
    return float(_auroc_of_counts(positive, negative))


def auroc_replicates(
    scores: ArrayLike, labels: ArrayLike, codes: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """AUROC (B,) in each bootstrap replicate; NaN where one has a single class.

    `scores`, `labels` and cluster numbers `codes`: (n,); `weights`: (B, C), how often replicate b drew cluster c.

    Raises:
        DataError: as `auroc`.
    """
    values, truth = np.asarray(scores, np.float64), np.asarray(labels, np.bool_)
    if not values.size:
        return np.full(len(weights), np.nan)
    values, truth = finite(values, "scores"), binary(truth, "labels")
    same_length(scores=values, labels=truth, clusters=codes)
    distinct, rank = np.unique(values, return_inverse=True)
    shape = (weights.shape[1], len(distinct))
    positive, negative = (
        coo_array((side.astype(np.float64), (codes, rank)), shape=shape).tocsr() for side in (truth, ~truth)
    )
    step = max(1, CHUNK_CELLS // len(distinct))
    parts = [
        _auroc_of_counts(weights[i : i + step] @ positive, weights[i : i + step] @ negative)
        for i in range(0, len(weights), step)
    ]
    return np.concatenate(parts)


def precision_recall_curve(
    scores: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None
) -> PrecisionRecallCurve:
    """Precision and recall at every distinct score; recall is NaN without positives. Arguments as `auroc`."""
    distinct, positive, negative = _by_score(scores, labels, weights)
    hits = np.cumsum(positive[::-1])
    flagged = np.cumsum((positive + negative)[::-1])
    return PrecisionRecallCurve(
        thresholds=distinct[::-1],
        precision=ratio(hits, flagged),
        recall=ratio(hits, hits[-1]),
        flagged_share=flagged / flagged[-1],
    )


def average_precision(scores: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Sum of precision times the step in recall, without interpolation; NaN without positives. Arguments as `auroc`."""
    curve = precision_recall_curve(scores, labels, weights)
    # A threshold of zero weight has no precision and adds no recall.
    return float(np.sum(np.diff(curve.recall, prepend=0.0) * np.nan_to_num(curve.precision)))


def _by_score(
    scores: ArrayLike, labels: ArrayLike, weights: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The distinct scores, rising, and the weight of positives and negatives at each: three arrays (V,)."""
    values, truth = finite(scores, "scores"), binary(labels, "labels")
    same_length(scores=values, labels=truth)
    weight = row_weights(weights, len(values))
    distinct, rank = np.unique(values, return_inverse=True)
    positive, negative = (
        np.bincount(rank, weight * side, len(distinct)).astype(np.float64) for side in (truth, ~truth)
    )
    return distinct, positive, negative


def _auroc_of_counts(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> NDArray[np.float64]:
    """AUROC (...,) from the weight of each class at each distinct score, rising: (..., V)."""
    below = np.cumsum(negative, axis=-1) - negative
    wins = np.sum(positive * (below + negative / 2), axis=-1)
    return ratio(wins, positive.sum(-1) * negative.sum(-1))
