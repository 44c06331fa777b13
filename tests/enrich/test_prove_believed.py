"""Means over queries that partly only a model judged, on drawn data whose truth is known."""

import numpy as np

from tilth.enrich.prove import Judged, ProveConfig
from tilth.enrich.prove.believed import Means
from tilth.stats import Estimate

QUERIES, BOTH, TRUTH, RUNS = 200, 40, 0.02, 100


def estimate(values: np.ndarray, by_model: np.ndarray, both: int, seed: int) -> Estimate:
    count = len(values)
    graded = ({"i": 1.0},) * count
    checked = {place: {"i": 1.0} for place in range(both)}
    judged = Judged(("q",) * count, graded, ("human:a", "model:m"), checked, frozenset(range(both, count)))
    return Means(judged, ProveConfig(n_boot=300, seed=seed)).estimate(values, by_model)


def test_the_interval_holds_however_wrong_the_model_and_is_narrower_than_peoples_alone():
    rng = np.random.default_rng(0)
    corrected, alone, people = list[Estimate](), list[Estimate](), list[Estimate]()
    for run in range(RUNS):
        truth = rng.normal(TRUTH, 0.1, QUERIES)
        model = 0.5 * truth + 0.03 + rng.normal(0, 0.05, QUERIES)  # too flat, and too kind
        values = np.where(np.arange(QUERIES) < BOTH, truth, model)
        corrected.append(estimate(values, model, BOTH, run))
        alone.append(estimate(model, model, 0, run))
        people.append(estimate(truth[:BOTH], truth[:BOTH], BOTH, run))

    def holds(some: list[Estimate]) -> float:
        return float(np.mean([one.low <= TRUTH <= one.high for one in some]))

    def width(some: list[Estimate]) -> float:
        return float(np.mean([one.high - one.low for one in some]))

    assert holds(corrected) >= 0.9
    assert holds(alone) <= 0.1
    assert width(corrected) < 0.85 * width(people)
