"""Sets of words that were asked for, and others, as a learner sees them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.suggest.sets.encoded import Encoded, Vocabulary, concatenated
from tilth.suggest.sets.evidence import LogEvidence, TitleEvidence, log_evidence, query_keys
from tilth.suggest.sets.features import Matrix, plain_features, set_features, word_columns
from tilth.suggest.sets.recombine import recombined
from tilth.suggest.sets.title_sets import WordSets

UNASKED_WEIGHT = 20
"""All sets that were not asked for weigh so much more than those that were; their true number says little new."""


@dataclass(frozen=True)
class Examples:
    """`X` (n, features), `asked` (n,), `weight` (n,)."""

    X: Matrix
    asked: NDArray[np.bool_]
    weight: NDArray[np.float64]


@dataclass(frozen=True)
class DrawConfig:
    """`unasked` sets that were not asked for, for each part; `recombined`: as in `recombine.recombined`."""

    unasked: int
    recombined: int
    seed: int


@dataclass(frozen=True)
class Describer:
    """What is known of words and sets from all titles and from some queries of the log."""

    titles: TitleEvidence
    log: LogEvidence
    columns: Matrix
    marks: NDArray[np.int64]

    @classmethod
    def of(cls, vocabulary: Vocabulary, titles: TitleEvidence, log: Encoded, marks: NDArray[np.int64]) -> "Describer":
        evidence = log_evidence(log, marks, titles.near)
        return cls(titles, evidence, word_columns(vocabulary, titles, evidence), marks)

    def plain(self, sets: WordSets) -> Matrix:
        return plain_features(sets, self.columns)

    def whole(self, sets: WordSets) -> Matrix:
        """The plain features first, then those that take longer."""
        return np.concatenate([self.plain(sets), set_features(sets, self.titles, self.log, self.marks)], axis=1)


def draw_examples(
    sets: WordSets,
    parts: Sequence[Encoded],
    titles: TitleEvidence,
    vocabulary: Vocabulary,
    marks: NDArray[np.int64],
    strata: NDArray[np.int64],
    describe: Callable[[Describer, WordSets], Matrix],
    config: DrawConfig,
) -> Examples:
    """For each part of the log: the sets that are queries of it, and `unasked` others, described by the other parts.

    As many others are drawn from each of the `strata` (n,), numbers from 0, and weigh as many as they stand for. Of
    sets that no title holds only those take part that are put together from the other parts, too: else a set would be
    there because it was asked for.
    """
    rng = np.random.default_rng(config.seed)
    X, asked, weight = list[Matrix](), list[NDArray[np.bool_]](), list[NDArray[np.float64]]()
    in_titles = sets.statistics[:, 0] > 0
    for number, part in enumerate(parts):
        others = concatenated([one for other, one in enumerate(parts) if other != number])
        describer = Describer.of(vocabulary, titles, others, marks)
        use = in_titles | (recombined(describer.log, marks, config.recombined).find(sets.keys) >= 0)
        rows, is_asked, weights = _draw(sets, use, query_keys(part, marks), strata, config.unasked, rng)
        X.append(describe(describer, sets.take(rows)))
        asked.append(is_asked)
        weight.append(weights)
    return _weighed(np.concatenate(X), np.concatenate(asked), np.concatenate(weight))


def _draw(
    sets: WordSets,
    use: NDArray[np.bool_],
    queries: NDArray[np.int64],
    strata: NDArray[np.int64],
    unasked: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.float64]]:
    """Rows of all sets that are queries and of others; how many sets each row stands for."""
    found = sets.find(np.unique(queries))
    is_query = np.zeros(len(sets), dtype=bool)
    is_query[found[found >= 0]] = True
    asked = np.flatnonzero(is_query & use)
    rows, weights = [asked], [np.ones(len(asked))]
    count = int(strata.max(initial=0)) + 1
    for stratum in range(count):
        others = np.flatnonzero(use & ~is_query & (strata == stratum))
        drawn = rng.choice(others, min(unasked // count, len(others)), replace=False)
        rows.append(drawn)
        weights.append(np.full(len(drawn), len(others) / max(len(drawn), 1)))
    every = np.concatenate(rows)
    return every, is_query[every], np.concatenate(weights)


def _weighed(X: Matrix, asked: NDArray[np.bool_], weight: NDArray[np.float64]) -> Examples:
    others = weight[~asked].sum()
    share = UNASKED_WEIGHT * asked.sum() / others if others else 1.0
    return Examples(X, asked, np.where(asked, 1.0, weight * share))
