"""Head, torso and tail: how the traffic spreads over the queries."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NAMES = ("head", "torso", "tail")


@dataclass(frozen=True)
class Frequencies:
    """How many queries were searched for how often: `queries[i]` of them `searches[i]` times, most often first."""

    searches: NDArray[np.int64]
    queries: NDArray[np.int64]

    @classmethod
    def of(cls, searches: NDArray[np.int64], queries: NDArray[np.int64] | None = None) -> "Frequencies":
        """From counts in any order; those of nothing are left out. `queries`: how many each count stands for, 1 if
        left out."""
        weights = np.ones(len(searches), np.int64) if queries is None else queries
        values, at = np.unique(searches[searches > 0], return_inverse=True)
        totals = np.bincount(at, weights[searches > 0], len(values)).astype(np.int64)
        return cls(values[::-1], totals[::-1])

    @property
    def distinct(self) -> int:
        return int(self.queries.sum())

    @property
    def total(self) -> int:
        return int(self.searches @ self.queries)


@dataclass(frozen=True)
class Bands:
    """How many queries are head, torso and tail, and how many searches they make; shape (3,) each."""

    queries: NDArray[np.int64]
    searches: NDArray[np.int64]

    @property
    def share_of_queries(self) -> NDArray[np.float64]:
        """NaN where there are no queries."""
        total = self.queries.sum()
        return self.queries / total if total else np.full(len(NAMES), np.nan)


def split(frequencies: Frequencies) -> Bands:
    """The head is the fewest queries, most frequent first, that make a third of the searches; head and torso together
    are the fewest that make two thirds. A head of one query may make more than that: then there is no torso."""
    ends = [_fewest(frequencies, third) for third in (1, 2)]
    ends.append((frequencies.distinct, frequencies.total))
    cumulative = np.array([(0, 0), *ends], np.int64)
    steps = np.diff(cumulative, axis=0)
    return Bands(steps[:, 0], steps[:, 1])


def _fewest(frequencies: Frequencies, thirds: int) -> tuple[int, int]:
    """The fewest queries that make so many thirds of the searches, and what these make."""
    made = np.cumsum(frequencies.searches * frequencies.queries)
    if not len(made):
        return 0, 0
    level = int(np.searchsorted(3 * made, thirds * made[-1]))
    each = int(frequencies.searches[level])
    before = int(made[level]) - each * int(frequencies.queries[level])
    more = -(-(thirds * int(made[-1]) - 3 * before) // (3 * each))
    return int(frequencies.queries[:level].sum()) + more, before + more * each


def tail_points(frequencies: Frequencies, most: int = 200) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The curve of the long tail: at most `most` ranks, evenly spaced on a logarithmic scale, the first and the last
    among them, and the searches of the query at each; shape (points,) both."""
    distinct = frequencies.distinct
    if not distinct:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    ranks = np.unique(np.round(np.geomspace(1, distinct, most)).astype(np.int64))
    level = np.searchsorted(np.cumsum(frequencies.queries), ranks)
    return ranks, frequencies.searches[level]


def made_up_to(frequencies: Frequencies, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many searches the most frequent `ranks` queries make, shape (ranks,)."""
    queries = np.cumsum(frequencies.queries)
    made = np.cumsum(frequencies.searches * frequencies.queries)
    level = np.searchsorted(queries, ranks)
    return made[level] - (queries[level] - ranks) * frequencies.searches[level]
