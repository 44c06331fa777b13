"""A threshold whose precision is proven, not merely observed."""

from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

from tilth.errors import DataError
from tilth.stats._checks import binary, finite, level, ratio, same_length
from tilth.stats.design import clusters_needed, design_effect, effective_clusters, effective_size
from tilth.stats.intervals import clopper_pearson_lower

MAX_FLAGGED = 1e9
"""Beyond this many flagged labels, none will do."""
BISECTIONS = 40


@dataclass(frozen=True)
class GridPoint:
    """What the calibration labels say about one threshold.

    `flagged` rows score at least `threshold`, `correct` of them are positive; `effective` is the number of independent
    labels that they are worth, `lower_bound` the precision that the threshold exceeds. `precision` is NaN where nothing
    is flagged.
    """

    threshold: float
    flagged: int
    correct: int
    precision: float
    recall: float
    flagged_share: float
    design_effect: float
    effective: float
    lower_bound: float


@dataclass(frozen=True)
class Certificate:
    """The outcome of `certify`.

    With a `threshold`, the numbers describe it. Without one (None), they describe the grid point that comes nearest,
    and `missing_labels` is how many more gold pairs, drawn alike, would certify that point if its precision holds: an
    estimate, not a promise. It is None as well where no observed precision lies above the target, so that more labels
    will not do. `table` holds the whole grid, thresholds rising.
    """

    threshold: float | None
    precision: float
    lower_bound: float
    flagged: int
    flagged_share: float
    recall: float
    confidence: float
    target: float
    n_thresholds: int
    design_effect: float
    missing_labels: int | None
    table: tuple[GridPoint, ...]

    @property
    def certified(self) -> bool:
        return self.threshold is not None

    def explain(self) -> str:
        """The outcome in a sentence or two."""
        goal = f"precision of at least {self.target:g} with {self.confidence:.0%} confidence"
        if self.threshold is not None:
            return (
                f"certified: a threshold of {self.threshold:.4g} has a {goal} (observed {self.precision:.3f}, lower "
                f"bound {self.lower_bound:.3f} over {self.n_thresholds} thresholds); it flags {self.flagged_share:.1%} "
                f"of the pairs and finds {self.recall:.1%} of the positives"
            )
        if self.missing_labels is not None:
            return (
                f"not certified: no threshold has a {goal}. The nearest shows {self.precision:.3f} on {self.flagged} "
                f"flagged pairs; about {self.missing_labels:,} more gold pairs would certify it if that holds"
            )
        return (
            f"not certified: no threshold has a {goal}, and none shows a precision above the target on this gold, so "
            "how many more labels would do cannot be said; improve the scores or lower the target"
        )

    def to_json(self) -> dict[str, Any]:
        """All fields; NaN becomes null."""
        numbers = asdict(self)
        table = [_without_nan(point) for point in numbers.pop("table")]
        return {**_without_nan(numbers), "table": table}


def threshold_grid(scores: ArrayLike, n_thresholds: int = 20) -> NDArray[np.float64]:
    """A grid for `certify`: at most `n_thresholds` quantiles of `scores` (n,), evenly spaced in rank, rising.

    It looks at no label, so it may be built from the scores of any sample. Fewer points mean a milder correction.

    Raises:
        DataError: for scores that are not finite or fewer than one threshold.
    """
    values = finite(scores, "scores")
    if n_thresholds < 1:
        raise DataError(f"n_thresholds must be at least 1, got {n_thresholds}")
    return np.unique(np.quantile(values, np.arange(n_thresholds) / n_thresholds, method="inverted_cdf"))


def certify(
    scores: ArrayLike,
    labels: ArrayLike,
    clusters: ArrayLike,
    *,
    thresholds: ArrayLike,
    target: float = 0.9,
    confidence: float = 0.95,
) -> Certificate:
    """The threshold that flags most among those whose precision is proven to reach `target`.

    `scores`, binary gold `labels` and `clusters` (ids): (n,), a calibration set that neither the scores nor
    `thresholds` (T,) were fitted on. A row is flagged when its score is at least the threshold. Each threshold gets a
    one-sided Clopper-Pearson bound at level 1 - (1 - confidence) / T, so that with `confidence` all T bounds hold at
    once (Bonferroni) and the choice among them costs nothing; the bound uses the effective number of independent labels
    (see `tilth.stats.design`).

    The guarantee is exact for independent labels. For clustered ones it rests on an estimated design effect: simulated
    at true precisions just below targets of 0.8 to 0.95, with 30 to 150 clusters of very unequal sizes and an
    intra-cluster correlation up to 0.3, false certificates stay at 5 % or below, give or take the simulation error.

    Raises:
        DataError: for arrays that differ in length, values not finite, labels other than 0 and 1, a target or
            confidence outside 0..1, an empty grid.
    """
    values, truth, names = finite(scores, "scores"), binary(labels, "labels"), np.asarray(clusters)
    same_length(scores=values, labels=truth, clusters=names)
    grid = np.unique(finite(thresholds, "thresholds"))
    level(target, "target")
    tail = (1 - level(confidence, "confidence")) / len(grid)
    evidence = _evidence(values, truth, names, grid, target, tail)
    table = _table(evidence, grid, len(values), int(truth.sum()))
    passing = [point for point in table if point.lower_bound >= target]
    missing = _missing(evidence, len(values), target, tail)
    # The flagged sets are nested, so the lowest passing threshold flags most and finds most.
    chosen = passing[0] if passing else _nearest(table, missing)
    return Certificate(
        threshold=chosen.threshold if passing else None,
        precision=chosen.precision,
        lower_bound=chosen.lower_bound,
        flagged=chosen.flagged,
        flagged_share=chosen.flagged_share,
        recall=chosen.recall,
        confidence=confidence,
        target=target,
        n_thresholds=len(grid),
        design_effect=chosen.design_effect,
        missing_labels=None if passing or np.isinf(missing).all() else int(missing.min()),
        table=table,
    )


@dataclass(frozen=True)
class _Evidence:
    """What is known at each threshold, all (T,): see `GridPoint`; `clusters` are effective ones."""

    flagged: NDArray[np.float64]
    correct: NDArray[np.float64]
    precision: NDArray[np.float64]
    clusters: NDArray[np.float64]
    effect: NDArray[np.float64]
    effective: NDArray[np.float64]
    bound: NDArray[np.float64]


def _evidence(
    scores: NDArray[np.float64],
    labels: NDArray[np.bool_],
    clusters: NDArray[Any],
    grid: NDArray[np.float64],
    target: float,
    tail: float,
) -> _Evidence:
    sizes, hits = _counts_above(scores, labels, clusters, grid)
    flagged, correct, n_clusters = sizes.sum(-1), hits.sum(-1), effective_clusters(sizes)
    effect = design_effect(hits, sizes, target)
    effective = effective_size(flagged, n_clusters, effect, tail=tail, least_clusters=clusters_needed(target))
    precision = ratio(correct, flagged)
    bound = clopper_pearson_lower(np.nan_to_num(precision) * effective, effective, 1 - tail)
    return _Evidence(flagged, correct, precision, n_clusters, effect, effective, bound)


def _table(evidence: _Evidence, grid: NDArray[np.float64], n: int, n_positive: int) -> tuple[GridPoint, ...]:
    recall = ratio(evidence.correct, n_positive)
    return tuple(
        GridPoint(
            threshold=float(grid[i]),
            flagged=int(evidence.flagged[i]),
            correct=int(evidence.correct[i]),
            precision=float(evidence.precision[i]),
            recall=float(recall[i]),
            flagged_share=float(evidence.flagged[i] / n),
            design_effect=float(evidence.effect[i]),
            effective=float(evidence.effective[i]),
            lower_bound=float(evidence.bound[i]),
        )
        for i in range(len(grid))
    )


def _counts_above(
    scores: NDArray[np.float64], labels: NDArray[np.bool_], clusters: NDArray[Any], grid: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows and positives of each cluster that score at least each threshold: two arrays (T, C)."""
    names, codes = np.unique(clusters, return_inverse=True)
    shape = (len(grid) + 1, len(names))
    # Bucket b holds the scores that reach exactly the first b thresholds.
    cell = np.searchsorted(grid, scores, side="right") * len(names) + codes
    sizes, hits = (
        np.bincount(cell, weight, shape[0] * shape[1]).reshape(shape).astype(np.float64)
        for weight in (np.ones(len(scores)), labels.astype(np.float64))
    )
    return np.cumsum(sizes[:0:-1], axis=0)[::-1], np.cumsum(hits[:0:-1], axis=0)[::-1]


def _missing(evidence: _Evidence, n: int, target: float, tail: float) -> NDArray[np.float64]:
    """Further gold pairs that would certify each threshold (T,) if its precision holds; infinite where none will do.

    What a label is worth stays as observed; the number of flagged ones is found by bisection on a logarithmic scale,
    since the bound rises with it. Too few clusters to estimate a design effect must grow to `clusters_needed` first.
    """
    rate, flagged = np.nan_to_num(evidence.precision), evidence.flagged
    least = clusters_needed(target)
    grown = effective_size(
        flagged, np.maximum(evidence.clusters, least), evidence.effect, tail=tail, least_clusters=least
    )
    worth = np.nan_to_num(ratio(grown, flagged))
    low, high = np.log(np.maximum(flagged, 1.0)), np.full(len(rate), np.log(MAX_FLAGGED))
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        size = np.exp(middle) * worth
        # The lower bound reaches the target exactly where the Beta that defines it has at most `tail` below the target.
        enough = betainc(rate * size, (1 - rate) * size + 1, target) <= tail
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    wanted = np.maximum(np.exp(high), np.nan_to_num(flagged * ratio(least, evidence.clusters)))
    pairs = np.maximum(np.ceil((wanted - flagged) * ratio(n, flagged)), 1.0)
    return np.where((rate > target) & (high < np.log(MAX_FLAGGED)), pairs, np.inf)


def _nearest(table: tuple[GridPoint, ...], missing: NDArray[np.float64]) -> GridPoint:
    """The grid point with the fewest missing labels, or else with the highest bound."""
    if np.isfinite(missing).any():
        return table[int(np.argmin(missing))]
    return max(table, key=lambda point: point.lower_bound)


def _without_nan(record: dict[str, Any]) -> dict[str, Any]:
    return {name: None if isinstance(value, float) and isnan(value) else value for name, value in record.items()}
