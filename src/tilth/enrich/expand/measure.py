"""How good the model is on queries that it has not seen, and what is chosen with that."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.understanding import CategoryModel, softmax
from tilth.enrich.expand.categories import TEMPERATURES, CategoryCounts
from tilth.stats import ClusterBootstrap, Estimate, expected_calibration_error, percentile_interval, wilson

WEIGHTS = (0.0, 1.0, 3.0, 10.0, 30.0, 100.0)
"""How many titles a labelled query may count as; 0 leaves titles alone."""
FEWEST_QUERIES = 30
"""Labelled queries with which a choice and a measure begin to mean something."""
SURE = 0.8
"""The p from which on a category is told apart in the measures."""
TINY = 1e-12


@dataclass(frozen=True)
class Answers:
    """Of one weight, each labelled query as a model answered that was built without its fold: `best` (queries,) the
    number of the category, -1 where no word was known; `p` (queries, temperatures) its probability; `loss` (queries,
    temperatures) the logarithm's loss of the label."""

    best: NDArray[np.int64]
    p: NDArray[np.float64]
    loss: NDArray[np.float64]


@dataclass(frozen=True)
class Chosen:
    """Weight of a labelled query and temperature, as all labelled queries would have them, and how each query was
    answered with what the other folds chose: `best` and `p` (queries,) as of `Answers`, with and without labelled
    queries (`titles_best`)."""

    weight: float
    temperature: float
    best: NDArray[np.int64]
    p: NDArray[np.float64]
    titles_best: NDArray[np.int64]


@dataclass(frozen=True)
class Measure:
    """Against the labels of one source, on queries that the model had not seen. `accuracy` counts a query without an
    answer as wrong, `coverage` is the share that got one. `gain` is what labelled queries add to titles alone, paired.
    `calibration_error` (mean distance of p and accuracy over bins) and `sure` (accuracy where p is at least `SURE`, and
    `sure_share` of the queries that are) are of answered ones."""

    source: str
    queries: int
    accuracy: Estimate
    coverage: float
    titles_accuracy: Estimate
    gain: Estimate
    calibration_error: float
    sure: Estimate
    sure_share: float

    def to_json(self) -> dict[str, Any]:
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value.to_json() if isinstance(value, Estimate) else value for name, value in found.items()}


def fold_of(normal: str, folds: int) -> int:
    """The same for a query in every run."""
    return int.from_bytes(hashlib.sha256(normal.encode()).digest()[:8]) % folds


@dataclass(frozen=True)
class HeldOut:
    """Labelled queries that choose and measure: their texts and, each (queries,), the numbers of their categories and
    their folds. `all_folds` (labelled,) are those of all queries that a model may learn from."""

    queries: Sequence[str]
    labels: NDArray[np.int64]
    fold: NDArray[np.int64]
    all_folds: NDArray[np.int64]


def choose(counts: CategoryCounts, held: HeldOut) -> Chosen:
    """Weight and temperature with the least loss on held-out queries."""
    tried = {weight: _answers(counts, held, weight) for weight in WEIGHTS}
    titles, fold, queries = tried[WEIGHTS[0]], held.fold, held.queries
    best, p, titles_best = np.full(len(queries), -1), np.zeros(len(queries)), titles.best.copy()
    for number in np.unique(fold):
        here = fold == number
        weight, place = _least(tried, ~here)
        best[here], p[here] = tried[weight].best[here], tried[weight].p[here, place]
    weight, place = _least(tried, np.ones(len(queries), bool))
    return Chosen(weight, TEMPERATURES[place], best, p, titles_best)


def measure(chosen: Chosen, labels: NDArray[np.int64], sources: Sequence[str], *, seed: int = 0) -> list[Measure]:
    """For each source with at least `FEWEST_QUERIES`; what is synthetic measures nothing."""
    of = np.array(sources)
    found = [source for source in dict.fromkeys(sorted(sources)) if not source.startswith("synthetic:")]
    rows = {source: np.flatnonzero(of == source) for source in found}
    return [
        _measure(source, chosen, labels, here, seed) for source, here in rows.items() if len(here) >= FEWEST_QUERIES
    ]


def _measure(source: str, chosen: Chosen, labels: NDArray[np.int64], rows: NDArray[np.int64], seed: int) -> Measure:
    right = (chosen.best == labels)[rows].astype(float)
    before = (chosen.titles_best == labels)[rows].astype(float)
    answered = chosen.best[rows] >= 0
    p, hits = chosen.p[rows][answered], right[answered]
    difference = percentile_interval(ClusterBootstrap(np.arange(len(rows)), seed=seed).mean(right - before))
    sure = p >= SURE
    return Measure(
        source,
        len(rows),
        _share(right),
        float(answered.mean()),
        _share(before),
        Estimate(float((right - before).mean()), difference.low, difference.high),
        expected_calibration_error(p, hits) if len(p) else float("nan"),
        _share(hits[sure]),
        float(sure.mean()) if len(sure) else 0.0,
    )


def _share(hits: NDArray[np.float64]) -> Estimate:
    if not len(hits):
        return Estimate(float("nan"), 0.0, 1.0)
    interval = wilson(float(hits.sum()), len(hits))
    return Estimate(float(hits.mean()), interval.low, interval.high)


def _least(tried: dict[float, Answers], rows: NDArray[np.bool_]) -> tuple[float, int]:
    """The weight, and the place of the temperature, with the least loss on `rows`; of equals the smaller weight."""
    loss = {weight: answers.loss[rows].sum(axis=0) for weight, answers in tried.items()}
    weight = min(loss, key=lambda one: float(loss[one].min()))
    return weight, int(loss[weight].argmin())


def _answers(counts: CategoryCounts, held: HeldOut, weight: float) -> Answers:
    shape = (len(held.queries), len(TEMPERATURES))
    best, p, loss = np.full(shape[0], -1), np.zeros(shape), np.zeros(shape)
    titles = counts.fit() if weight == 0 else None
    for number in np.unique(held.fold):
        model = titles or counts.fit(weight, held.all_folds != number)
        for row in np.flatnonzero(held.fold == number).tolist():
            total = model.log_odds(held.queries[row])
            if total is not None:
                best[row] = int(total.argmax())
            p[row], loss[row] = _at_each_temperature(model, total, held.labels[row])
    return Answers(best, p, loss)


def _at_each_temperature(
    model: CategoryModel, total: NDArray[np.float64] | None, label: int
) -> tuple[list[float], list[float]]:
    """Probability of the best category and loss of the label; a query of unknown words is answered by the prior."""
    known = [softmax(total / one) if total is not None else np.exp(model.prior) for one in TEMPERATURES]
    return [float(p.max()) for p in known], [-float(np.log(p[label] + TINY)) for p in known]
