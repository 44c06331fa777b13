"""What distilling gives back: how good the student is, and everything a report or a model card needs to say so."""

from dataclasses import dataclass
from typing import Any

from tilth.stats import Certificate, Estimate


class Plain:
    """A result that can be written as JSON: NaN becomes null, results within it plain data."""

    def to_json(self) -> dict[str, Any]:
        return {name: _plain(value) for name, value in vars(self).items()}


@dataclass(frozen=True)
class Evaluation(Plain):
    """One scorer on pairs of contexts it never saw.

    `precision`, `recall` and `flagged_share` are at its threshold (None where it has none); `brier` and `ece` need
    calibrated probabilities and are None for raw scores.
    """

    name: str
    n: int
    n_contexts: int
    n_positive: int
    auroc: Estimate
    average_precision: float
    brier: float | None
    ece: float | None
    precision: Estimate | None
    recall: Estimate | None
    flagged_share: Estimate | None


@dataclass(frozen=True)
class Effect(Plain):
    """What the filter does to the recommendations of the test contexts.

    `removed`: share of pairs dropped. `bad_before`, `bad_after`: share of bad pairs without and with the filter.
    `good_lost`: share of the good pairs that are dropped. `contexts_emptied`: share of contexts left with nothing.
    """

    removed: Estimate
    bad_before: Estimate
    bad_after: Estimate
    good_lost: Estimate
    contexts_emptied: float


@dataclass(frozen=True)
class CurvePoint(Plain):
    """Quality with fewer labels: AUROC on the test contexts, averaged over `repeats` draws of training contexts."""

    n_labels: int
    n_contexts: int
    repeats: int
    auroc: Estimate


@dataclass(frozen=True)
class Candidate(Plain):
    """One model that was tried: its mean log loss (nats) against the teacher in cross-validation on contexts."""

    model: str
    log_loss: float
    chosen: bool


@dataclass(frozen=True)
class Summary(Plain):
    """Everything measured while distilling, without the student itself."""

    teacher: str
    positive: str
    gold_sources: tuple[str, ...]
    gold_is_human: bool
    counts: dict[str, dict[str, int]]
    """Per part (training, calibration, test): contexts, pairs, positives."""
    n_features: int
    features: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    evaluations: tuple[Evaluation, ...]
    effect: Effect | None
    certificate: Certificate | None
    calibration: str
    """Against what the probabilities were calibrated."""
    reliability: tuple[dict[str, float], ...]
    """Bins of predicted p on the test contexts: p (mean), rate (share that is positive), count."""
    precision_recall: tuple[dict[str, float], ...]
    """Points of the curve on the test contexts: threshold (as p), precision, recall, flagged_share."""
    importance: tuple[dict[str, Any], ...]
    """Features by mean absolute contribution to the score: feature, group, weight."""
    curve: tuple[CurvePoint, ...]
    threshold_p: float | None
    """The threshold as a calibrated probability; None where none is certified."""
    seed: int
    seconds: float


def _plain(value: Any) -> Any:
    if hasattr(value, "to_json"):
        return value.to_json()
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and value != value:
        return None
    return value
