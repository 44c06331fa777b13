"""How quality grows with the number of labels: fewer training contexts, the same model, the same test pairs."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tilth.distill.dataset import LabelledPairs
from tilth.distill.measure import Exam
from tilth.distill.result import CurvePoint
from tilth.stats import Estimate, auroc, percentile_interval

SHARES = (0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
REPEATS = 3
FEWEST_CONTEXTS = 3

Places = NDArray[np.int64]
Score = Callable[[Places], NDArray[np.float64]]


def label_efficiency(labels: LabelledPairs, exam: Exam, score: Score, *, seed: int) -> tuple[CurvePoint, ...]:
    """`score` fits on the labels at the given places and returns raw scores of the exam's pairs, shape (n,).

    Contexts are drawn whole. The interval covers both which contexts were drawn and which test contexts there are: the
    bootstrap replicates of all draws, pooled.
    """
    rng = np.random.default_rng(seed)
    contexts = np.unique(labels.context_rows)
    points: list[CurvePoint] = []
    for share in SHARES:
        size = round(share * len(contexts))
        if size < FEWEST_CONTEXTS:
            continue
        repeats = 1 if size == len(contexts) else REPEATS
        draws = [np.flatnonzero(np.isin(labels.context_rows, rng.permutation(contexts)[:size])) for _ in range(repeats)]
        usable = [draw for draw in draws if np.ptp(labels.p[draw]) > 1e-6]
        if usable:
            points.append(_point(usable, size, exam, score))
    return tuple(points)


def _point(draws: list[Places], size: int, exam: Exam, score: Score) -> CurvePoint:
    scores = [score(draw) for draw in draws]
    value = float(np.mean([auroc(raw, exam.labels) for raw in scores]))
    pooled = np.concatenate([exam.boot.auroc(raw, exam.labels) for raw in scores])
    interval = percentile_interval(pooled, exam.confidence)
    n_labels = round(float(np.mean([len(draw) for draw in draws])))
    return CurvePoint(n_labels, size, len(draws), Estimate(value, interval.low, interval.high))
