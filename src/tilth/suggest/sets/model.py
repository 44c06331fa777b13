"""How likely a set of words is a query that somebody will type: learned from a log, for sets that no log has seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tilth.errors import DataError
from tilth.suggest.sets.encoded import Encoded, Vocabulary, concatenated
from tilth.suggest.sets.evidence import TitleEvidence
from tilth.suggest.sets.examples import Describer, DrawConfig, Examples, draw_examples
from tilth.suggest.sets.features import Matrix
from tilth.suggest.sets.recombine import recombined
from tilth.suggest.sets.title_sets import WordSets, united

if TYPE_CHECKING:
    import lightgbm as lgb

AT_ONCE = 500_000
LEAST_ASKED = 10
STRATA = (20_000, 100_000, 300_000, 1_000_000)
"""The fine model learns from as many of the best 20,000 sets by the rough one as of the next 80,000, and so on: it must
tell good from best, and of sets drawn at random hardly any are good."""


@dataclass(frozen=True)
class SetConfig:
    """`recombined`: at most so many pairs, and sets of three, that no title holds. `kept`: so many sets pass the rough
    model, which looks at their words only, and are looked at by the fine one. `unasked`: sets that were not asked for
    that are shown to the learner, for each part of the log. `threads` 1: more seldom pay, and wait for one another on a
    busy machine."""

    recombined: int = 1_000_000
    kept: int = 3_000_000
    unasked: int = 60_000
    rough_rounds: int = 40
    fine_rounds: int = 300
    min_leaf: int = 60
    threads: int = 1
    seed: int = 0


@dataclass(frozen=True)
class ScoredSets:
    """`odds` (n,): log odds that a set is asked for, up to a constant: comparable, not calibrated."""

    sets: WordSets
    odds: NDArray[np.float32]


def score_sets(
    held: WordSets,
    parts: Sequence[Encoded],
    titles: TitleEvidence,
    vocabulary: Vocabulary,
    marks: NDArray[np.int64],
    config: SetConfig,
) -> ScoredSets:
    """The likeliest of the sets that titles hold and of those put together from the log.

    `parts` of the log are held out in turn: what a set is described by never comes from the queries that say whether it
    was asked for. The description of the sets that are scored comes from the whole log.

    Raises:
        DataError: there are fewer than two parts, or hardly any query is such a set.
    """
    if len(parts) < 2:
        raise DataError("learning which sets are asked for takes a log in at least two parts")
    describer = Describer.of(vocabulary, titles, concatenated(parts), marks)
    sets = united([held, recombined(describer.log, marks, config.recombined)])
    draw = DrawConfig(config.unasked, config.recombined, config.seed)
    told = partial(draw_examples, parts=parts, titles=titles, vocabulary=vocabulary, marks=marks, config=draw)
    rough = _fit(told(sets, strata=sets.sizes - 1, describe=Describer.plain), config, config.rough_rounds, 15, 0.1)
    odds = _predict(rough, sets, describer.plain, config.threads)
    best = np.argsort(-odds, kind="stable")[: config.kept]
    sets = sets.take(np.sort(best))
    strata = np.searchsorted(STRATA, np.argsort(best), side="right")  # by the standing of each set that is kept
    fine = _fit(told(sets, strata=strata, describe=Describer.whole), config, config.fine_rounds, 15, 0.05)
    return ScoredSets(sets, _predict(fine, sets, describer.whole, config.threads))


def _fit(examples: Examples, config: SetConfig, rounds: int, leaves: int, rate: float) -> "lgb.Booster":
    import lightgbm as lgb

    if examples.asked.sum() < LEAST_ASKED:
        raise DataError(
            f"only {examples.asked.sum()} queries of the log are sets of words of titles: too few to learn from"
        )
    parameters = {
        "objective": "binary",
        "learning_rate": rate,
        "num_leaves": leaves,
        "min_data_in_leaf": config.min_leaf,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "num_threads": config.threads,
        "deterministic": True,
        "seed": config.seed,
        "verbosity": -1,
    }
    data = lgb.Dataset(examples.X, examples.asked, weight=examples.weight, params={"verbosity": -1})
    return lgb.train(parameters, data, rounds)


def _predict(
    booster: "lgb.Booster", sets: WordSets, features: Callable[[WordSets], Matrix], threads: int
) -> NDArray[np.float32]:
    odds = np.empty(len(sets), dtype=np.float32)
    for start in range(0, len(sets), AT_ONCE):
        rows = np.arange(start, min(start + AT_ONCE, len(sets)))
        odds[rows] = np.asarray(booster.predict(features(sets.take(rows)), raw_score=True, num_threads=threads))
    return odds
