"""Means over judged queries, corrected for what models get wrong.

Where a model judged queries that no person did, its error is measured on the queries that both judged, and taken off:
the mean over all queries, plus the share that only the model judged times the mean of (people minus model) where both
did (prediction-powered inference; Angelopoulos et al. 2023). Like any mean it is unbiased, however bad the model; the
worse it is, the wider the interval. It rests on people having judged a random part of the queries.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.enrich.prove.config import ProveConfig
from tilth.enrich.prove.judged import PEOPLE, Judged
from tilth.enrich.prove.replay import MEASURES
from tilth.stats import ClusterBootstrap, Estimate

FEWEST_CHECKED = 10
"""Queries that people judged too, before a model's error counts as measured."""


@dataclass(frozen=True)
class Belief:
    """How far the judgments that are no person's can be believed. `unchecked` queries have no others, `both` have
    people's too; `agreement`: share of the pairs which both judged where both say relevant or both do not."""

    sources: tuple[str, ...]
    unchecked: int
    both: int
    pairs: int
    agreement: Estimate

    @property
    def is_measured(self) -> bool:
        return not self.unchecked or self.both >= FEWEST_CHECKED

    @property
    def sentence(self) -> str:
        """For people; empty where people judged everything."""
        if not self.unchecked:
            return ""
        named = ", ".join(self.sources)
        if not self.is_measured:
            return (
                f"{self.unchecked:,} of the queries were judged by {named} and by no person, and its error is not "
                f"known: that takes {FEWEST_CHECKED} queries that people judged too, and there are {self.both:,}"
            )
        return (
            f"{self.unchecked:,} of the queries were judged by {named} and by no person; its error, measured on "
            f"{self.both:,} queries that people judged too, is taken off all means and is in their intervals"
        )


def belief_in(judged: Judged, config: ProveConfig) -> Belief:
    queries = list[int]()
    same, least = list[float](), config.relevant_from
    for place, said in judged.others.items():
        for item in sorted(said.keys() & judged.grades[place].keys()):
            queries.append(place)
            same.append(float((said[item] >= least) == (judged.grades[place][item] >= least)))
    nothing = Estimate(float("nan"), float("nan"), float("nan"))
    boot = ClusterBootstrap(queries, n_boot=config.n_boot, seed=config.seed) if queries else None
    agreement = nothing if boot is None else boot.estimate(float(np.mean(same)), boot.mean(same), config.confidence)
    others = tuple(one for one in judged.sources if not one.startswith(PEOPLE))
    return Belief(others, len(judged.doubted), len(judged.others), len(same), agreement)


class Means:
    """Means over the queries of `judged`, resampled together so that all intervals are paired."""

    def __init__(self, judged: Judged, config: ProveConfig) -> None:
        self._both, self._unchecked = judged.both, judged.unchecked
        self._confidence = config.confidence
        self._boot = ClusterBootstrap(np.arange(len(judged)), n_boot=config.n_boot, seed=config.seed)
        self._corrects = bool(self._both.sum() >= FEWEST_CHECKED and self._unchecked.any())

    def estimate(self, values: NDArray[np.float64], by_others: NDArray[np.float64]) -> Estimate:
        """Mean of `values` (queries,) with its interval; `by_others` (queries,) is the same by the grades of others
        where people judged too, and equal to `values` elsewhere."""
        if not self._corrects:
            return self._boot.estimate(float(values.mean()), self._boot.mean(values), self._confidence)
        error = np.where(self._both, values - by_others, 0.0)
        columns = np.column_stack([values, error, self._both, self._unchecked])
        sums = np.concatenate([columns.sum(axis=0)[None], self._boot.totals(columns)])
        with np.errstate(divide="ignore", invalid="ignore"):
            means = (sums[:, 0] + sums[:, 3] * sums[:, 1] / sums[:, 2]) / len(values)
        return self._boot.estimate(float(means[0]), means[1:], self._confidence)

    def by_measure(self, values: NDArray[np.float64], by_others: NDArray[np.float64]) -> dict[str, Estimate]:
        """`estimate` of each column of (queries, measures), by measure."""
        return {name: self.estimate(values[:, column], by_others[:, column]) for column, name in enumerate(MEASURES)}
