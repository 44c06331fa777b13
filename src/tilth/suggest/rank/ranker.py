"""LambdaMART over what the suggester offers (Burges 2010), and whether it is any better than the suggester's order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.suggester import CANDIDATES, Ranker, Suggester, features
from tilth.errors import DataError
from tilth.stats import ClusterBootstrap, Estimate

if TYPE_CHECKING:
    import lightgbm as lgb

ROUNDS = 80
PARTS = 3


@dataclass(frozen=True)
class Replayed:
    """One prefix of one query of a log. `row` of the query; `X` (n, features) of what was offered; `wanted` (n,)."""

    row: int
    X: NDArray[np.float32]
    wanted: NDArray[np.bool_]


@dataclass(frozen=True)
class Fitted:
    """`gain`: in MRR@10 over the suggester's own order, on queries that the ranker did not learn from. `ranker` is None
    where the interval of the gain reaches 0: then the suggester's own order is kept."""

    ranker: Ranker | None
    gain: Estimate


def replay(
    suggester: Suggester, queries: Sequence[str], form: Callable[[str], str], chars: Sequence[int]
) -> list[Replayed]:
    """What begins so while the queries of a log are typed; `row` is the place of the query. The suggester must not have
    learned from them, nor have a ranker."""
    found = list[Replayed]()
    for row, query in enumerate(queries):
        wanted = form(query)
        for count in chars:
            if count > len(query):
                break
            offered = suggester.complete(query[:count], CANDIDATES, fuzzy=False)
            X = features(query[:count], offered, suggester.sources)
            found.append(Replayed(row, X, np.array([form(one.query) == wanted for one in offered], dtype=bool)))
    return found


def fit_ranker(replayed: Sequence[Replayed], sources: Sequence[str], *, seed: int = 0) -> Fitted:
    """Learn from what was wanted; keep it only if that pays on queries held out, a third at a time.

    Raises:
        DataError: what was wanted was hardly ever offered.
    """
    if sum(one.wanted.any() and not one.wanted.all() for one in replayed) < PARTS:
        raise DataError(
            "a ranker learns from prefixes for which what was wanted was offered among others: there are none"
        )
    rows = np.array([one.row for one in replayed])
    part = np.random.default_rng(seed).integers(0, PARTS, rows.max() + 1)[rows]
    gain = np.zeros(len(replayed))
    for held in range(PARTS):
        booster = _fit([one for one, at in zip(replayed, part, strict=True) if at != held], seed)
        for place in np.flatnonzero(part == held).tolist():
            one = replayed[place]
            if one.wanted.any():
                order = np.argsort(-_values(booster, one.X), kind="stable")
                gain[place] = _reciprocal(one.wanted[order]) - _reciprocal(one.wanted)
    bootstrap = ClusterBootstrap(rows, seed=seed)
    estimate = bootstrap.estimate(float(gain.mean()), bootstrap.mean(gain))
    if not estimate.low > 0:
        return Fitted(None, estimate)
    return Fitted(Ranker(_fit(replayed, seed).model_to_string(), tuple(sources)), estimate)


def _fit(replayed: Sequence[Replayed], seed: int) -> "lgb.Booster":
    import lightgbm as lgb

    useful = [one for one in replayed if one.wanted.any() and not one.wanted.all()]
    parameters = {
        "objective": "lambdarank",
        "lambdarank_truncation_level": 10,
        "learning_rate": 0.05,
        "num_leaves": 7,
        "min_data_in_leaf": 50,
        "lambda_l2": 5.0,
        "feature_fraction": 0.6,
        "num_threads": 1,
        "deterministic": True,
        "seed": seed,
        "verbosity": -1,
    }
    data = lgb.Dataset(
        np.concatenate([one.X for one in useful]),
        np.concatenate([one.wanted for one in useful]).astype(np.int32),
        group=[len(one.wanted) for one in useful],
        params={"verbosity": -1},
    )
    return lgb.train(parameters, data, ROUNDS)


def _values(booster: "lgb.Booster", X: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(booster.predict(X, num_threads=1), np.float64)


def _reciprocal(wanted: NDArray[np.bool_]) -> float:
    """1 / rank of the first that was wanted, 0 where none of the first ten was."""
    places = np.flatnonzero(wanted[:10])
    return 1 / (int(places[0]) + 1) if len(places) else 0.0
