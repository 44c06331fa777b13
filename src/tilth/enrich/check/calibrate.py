"""Whether confidence means what it says: how often values of a confidence are right, against gold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tilth.enrich.check.rate import rate
from tilth.stats import ClusterBootstrap, Estimate, auroc, expected_calibration_error

MOST_LEVELS = 10


@dataclass(frozen=True)
class Judged:
    """A value that was read, its confidence, and whether it is the gold's."""

    id: str
    confidence: float
    is_right: bool
    weight: float = 1.0


@dataclass(frozen=True)
class Level:
    """Values of about one confidence: the mean of it, how many there are, and the share that is right."""

    confidence: float
    n: int
    right: Estimate


@dataclass(frozen=True)
class Reliability:
    """One kind of confidence, `agreement` (measured) or `claimed` (by the LLM), over `n` values of all attributes.

    `ece` is the mean distance of confidence and share right (Naeini et al. 2015), `auroc` the probability that a right
    value has more confidence than a wrong one; without any of one kind it is NaN.
    """

    kind: str
    source: str
    n: int
    levels: tuple[Level, ...]
    ece: float
    auroc: Estimate

    def to_json(self) -> dict[str, Any]:
        levels = [{"confidence": one.confidence, "n": one.n, "right": one.right.to_json()} for one in self.levels]
        return {**vars(self), "levels": levels, "auroc": self.auroc.to_json()}


def reliability(kind: str, source: str, judged: Sequence[Judged], *, seed: int = 0) -> Reliability:
    """Group values (at least one) by confidence: one level for each distinct one where these are at most ten, as those
    of agreement are, else ten of about equal mass. Intervals are over entities; ECE and AUROC do not use weights."""
    p = np.array([one.confidence for one in judged])
    right = np.array([one.is_right for one in judged])
    entities = np.array([one.id for one in judged])
    weights = np.array([one.weight for one in judged])
    values = np.unique(p)
    edges = values[:-1] if len(values) <= MOST_LEVELS else np.quantile(p, np.arange(1, 10) / 10, method="inverted_cdf")
    bins = np.searchsorted(edges, p, side="left")
    levels: list[Level] = []
    for which in np.unique(bins):
        rows = bins == which
        share = rate(right[rows].tolist(), weights[rows].tolist(), entities[rows].tolist(), seed=seed)
        levels.append(Level(float(p[rows].mean()), int(rows.sum()), share))
    ece = expected_calibration_error(p, right)
    return Reliability(kind, source, len(judged), tuple(levels), ece, _auroc(p, right, entities, seed))


def _auroc(p: Any, right: Any, entities: Any, seed: int) -> Estimate:
    if right.all() or not right.any():
        return Estimate(float("nan"), float("nan"), float("nan"))
    bootstrap = ClusterBootstrap(entities, seed=seed)
    return bootstrap.estimate(float(auroc(p, right)), bootstrap.auroc(p, right))
