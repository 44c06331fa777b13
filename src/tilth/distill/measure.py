"""How good a scorer is on gold of contexts it never saw; every interval resamples whole contexts."""

import numpy as np
from numpy.typing import NDArray

from tilth.distill.dataset import LabelledPairs
from tilth.distill.result import Effect, Evaluation
from tilth.stats import (
    ClusterBootstrap,
    Estimate,
    auroc,
    average_precision,
    brier,
    expected_calibration_error,
    precision_recall_curve,
    reliability_bins,
)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CURVE_POINTS = 200


class Exam:
    """Gold pairs that a scorer is measured on, with one set of bootstrap weights for all scorers."""

    def __init__(self, pairs: LabelledPairs, *, n_boot: int, confidence: float, seed: int) -> None:
        self.pairs, self.labels, self.confidence = pairs, pairs.positive, confidence
        self.boot = ClusterBootstrap(pairs.context_rows, n_boot=n_boot, seed=seed)

    def evaluate(self, name: str, scores: Floats, *, flags: Flags | None = None, p: Floats | None = None) -> Evaluation:
        """`scores` (n,) rank the pairs, `flags` (n,) are the decisions and `p` (n,) calibrated probabilities, where
        the scorer has them."""
        return Evaluation(
            name=name,
            n=len(self.labels),
            n_contexts=self.pairs.n_contexts,
            n_positive=int(self.labels.sum()),
            auroc=self.auroc(scores),
            average_precision=float(average_precision(scores, self.labels)),
            brier=float(brier(p, self.labels)) if p is not None else None,
            ece=float(expected_calibration_error(p, self.labels)) if p is not None else None,
            precision=self.ratio(flags & self.labels, flags) if flags is not None else None,
            recall=self.ratio(flags & self.labels, self.labels) if flags is not None else None,
            flagged_share=self.ratio(flags, np.ones_like(flags)) if flags is not None else None,
        )

    def auroc(self, scores: Floats) -> Estimate:
        replicates = self.boot.auroc(scores, self.labels)
        return self.boot.estimate(float(auroc(scores, self.labels)), replicates, self.confidence)

    def effect(self, flags: Flags) -> Effect:
        """What dropping the flagged pairs does."""
        kept, everything = ~flags, np.ones_like(flags)
        emptied = [not kept[self.pairs.context_rows == row].any() for row in np.unique(self.pairs.context_rows)]
        return Effect(
            removed=self.ratio(flags, everything),
            bad_before=self.ratio(self.labels, everything),
            bad_after=self.ratio(kept & self.labels, kept),
            good_lost=self.ratio(flags & ~self.labels, ~self.labels),
            contexts_emptied=float(np.mean(emptied)),
        )

    def ratio(self, part: Flags, whole: Flags) -> Estimate:
        """Share of `whole` that is `part`."""
        tops, bottoms = self.boot.totals(part.astype(float)), self.boot.totals(whole.astype(float))
        with np.errstate(invalid="ignore", divide="ignore"):
            value = float(part.sum() / whole.sum()) if whole.any() else float("nan")
            return self.boot.estimate(value, tops / bottoms, self.confidence)

    def reliability(self, p: Floats) -> tuple[dict[str, float], ...]:
        bins = reliability_bins(p, self.labels)
        return tuple(
            {"p": float(mean), "rate": float(rate), "count": int(count)}
            for mean, rate, count in zip(bins.mean_p, bins.rate, bins.count, strict=True)
        )

    def precision_recall(self, p: Floats) -> tuple[dict[str, float], ...]:
        """The curve, thinned to what a plot can show."""
        curve = precision_recall_curve(p, self.labels)
        step = max(1, len(curve.thresholds) // CURVE_POINTS)
        return tuple(
            {"threshold": float(t), "precision": float(pr), "recall": float(re), "flagged_share": float(share)}
            for t, pr, re, share in list(
                zip(curve.thresholds, curve.precision, curve.recall, curve.flagged_share, strict=True)
            )[::step]
        )
