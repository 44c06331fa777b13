"""Every metric of one source, on all its labels and in every bootstrap replicate."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tilth.judge.aligned import Answers, Gold
from tilth.judge.compare_config import Metric
from tilth.records import Positive
from tilth.stats import ClusterBootstrap, Estimate, agreement, auroc, confusion_counts

MAX_GRADES = 101
"""With more distinct grades than these, quadratic kappa is not computed: its confusion counts would not fit."""

BINARY: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "precision": agreement.precision,
    "recall": agreement.recall,
    "f1": agreement.f1,
    "kappa": agreement.cohen_kappa,
}


@dataclass(frozen=True)
class Scorer:
    """Gold, the positive class and one set of bootstrap draws, shared by all sources and metrics."""

    gold: Gold
    positive: Positive
    bootstrap: ClusterBootstrap
    confidence: float

    def estimate(self, metric: Metric, answers: Answers) -> Estimate:
        """The metric over all labels of the source, with its interval; NaN where undefined."""
        value, replicates = self.replicates(metric, answers, np.arange(len(answers.rows)))
        return self.bootstrap.estimate(value, replicates, self.confidence)

    def replicates(
        self, metric: Metric, answers: Answers, keep: NDArray[np.int64]
    ) -> tuple[float, NDArray[np.float64]]:
        """The metric over the labels `keep` (indices into the source's), and in each replicate: (B,)."""
        rows, said = answers.rows[keep], answers.grades[keep]
        gold = self.gold.grades[rows]
        if not len(rows):
            return float("nan"), np.full(len(self.bootstrap.weights), np.nan)
        if metric == "auroc":
            score = self.positive.score(said) if answers.p is None else answers.p[keep]
            truth = self.positive.of(gold)
            return auroc(score, truth), self.bootstrap.auroc(score, truth, rows)
        if metric == "qwk":
            return self._quadratic_kappa(gold, said, rows)
        classes = self.positive.of(gold).astype(np.int64), self.positive.of(said).astype(np.int64)
        return self._from_confusion(BINARY[metric], *classes, 2, rows)

    def _quadratic_kappa(
        self, gold: NDArray[np.float64], said: NDArray[np.float64], rows: NDArray[np.int64]
    ) -> tuple[float, NDArray[np.float64]]:
        both = np.concatenate([gold, said])
        grades, classes = np.unique(both, return_inverse=True)
        if (both % 1 != 0).any() or len(grades) > MAX_GRADES:
            return float("nan"), np.full(len(self.bootstrap.weights), np.nan)
        kappa = partial(agreement.quadratic_weighted_kappa, values=grades)
        return self._from_confusion(kappa, classes[: len(gold)], classes[len(gold) :], len(grades), rows)

    def _from_confusion(
        self,
        metric: Callable[[NDArray[np.float64]], NDArray[np.float64]],
        gold: NDArray[np.int64],
        said: NDArray[np.int64],
        n_classes: int,
        rows: NDArray[np.int64],
    ) -> tuple[float, NDArray[np.float64]]:
        value = float(metric(confusion_counts(gold, said, n_classes)))
        return value, metric(self.bootstrap.confusion(gold, said, n_classes, rows))
