"""Weights, trees and threshold from known corrections, each corrected by a speller that was built without it."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from operator import itemgetter, mul

import msgspec
import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.speller import Change, Features, Mistakes, Speller, Weights, applied
from tilth.artifacts.speller.forest import Forest, ForestArrays, no_trees
from tilth.artifacts.speller.speller import numbers
from tilth.artifacts.speller.weights import in_order
from tilth.artifacts.speller.words import words
from tilth.enrich.spell.trees import fit_forest
from tilth.errors import DataError
from tilth.stats import Estimate, wilson

MIN_FOR_TREES = 500
"""Queries with a mistake from which on trees are fitted; with fewer they do no better than weights (on a
shop's queries at 3 % false: 0.714 against 0.715 from 341 mistakes, 0.730 against 0.721 from 683)."""

Pair = tuple[str, str]
"""A query as typed, and as wanted; both alike where nothing is wrong."""


@dataclass(frozen=True)
class Considered:
    """A pair with the changes that a speller without it considered; `readings` has for each of them first the change of
    the most probable reading, then its rivals."""

    query: str
    wanted: str
    changes: tuple[Change, ...]
    readings: tuple[tuple[Change, ...], ...] = ()

    @property
    def clean(self) -> bool:
        return same(self.query, self.wanted)


@dataclass(frozen=True)
class Model:
    """What gives a change its margin: the trees where there are some, else the weights."""

    weights: Weights
    forest: ForestArrays


@dataclass(frozen=True)
class Fitted:
    """A threshold, and what is to be expected with it: the shares of queries without a mistake that are changed all the
    same, and of those with one that become what was wanted. Both with Wilson intervals."""

    threshold: float
    false_corrections: Estimate
    accuracy: Estimate
    model: Model


def same(first: str, second: str) -> bool:
    """Whether two queries differ in case and blanks at most."""
    return first.lower().split() == second.lower().split()


def consider(speller: Speller, pairs: Iterable[Pair]) -> list[Considered]:
    """Each pair with what the speller considers. It must not have been built with them, or it has seen the mistakes."""
    return [Considered(query, wanted, speller.considered(query), speller.readings(query)) for query, wanted in pairs]


def mistakes_of(pairs: Iterable[Pair]) -> Mistakes:
    """Which words became which others, and which stayed, as the shortest difference of the two sides tells."""
    return Mistakes.of((typed, meant, 1.0) for query, wanted in pairs for typed, meant in _aligned(query, wanted))


def fit_weights(considered: Sequence[Considered]) -> Weights:
    """Logistic regression of whether a change was wanted on its features, with a light ridge.

    Raises:
        DataError: no change was considered, or all were wanted, or none.
    """
    from sklearn.linear_model import LogisticRegression

    rows, wanted = _rows((one, some[:1]) for one in considered for some in one.readings)
    X = np.array(rows)
    spread = X.std(axis=0)
    spread[spread < 1e-9] = 1.0
    fitted = LogisticRegression(fit_intercept=False, max_iter=1000).fit(X / spread, wanted)
    names = (*Features._fields, "context")
    return Weights(**dict(zip(names, (fitted.coef_[0] / spread).tolist(), strict=True)))


def fit_model(considered: Sequence[Considered]) -> Model:
    """Weights, and where at least `MIN_FOR_TREES` queries have a mistake, trees.

    Raises:
        DataError: as `fit_weights`.
    """
    weights = fit_weights(considered)
    if sum(not one.clean for one in considered) < MIN_FOR_TREES:
        return Model(weights, no_trees())
    rows, wanted = _rows((one, some) for one in considered for some in one.readings)
    return Model(weights, fit_forest(rows, wanted))


def rescored(considered: Iterable[Considered], model: Model) -> list[Considered]:
    """The same queries with the changes and margins that another model gives."""
    forest, weights = Forest(model.forest), (*in_order(model.weights), model.weights.context)

    def margins(some: Sequence[Change]) -> list[float]:
        if forest.used:
            return forest.log_odds([numbers(change) for change in some])
        return [sum(map(mul, weights, numbers(some[0])))]

    def best(some: Sequence[Change]) -> Change:
        margin, change = max(zip(margins(some), some, strict=False), key=itemgetter(0))
        return replace(change, margin=margin)

    return [replace(one, changes=tuple(map(best, one.readings))) for one in considered]


def fit_threshold(speller: Speller, pairs: Iterable[Pair], max_false_corrections: float) -> Fitted:
    """The lowest threshold at which at most that share of the pairs without a mistake is changed.

    Raises:
        DataError: there is no pair without a mistake, or the share is none.
    """
    model = Model(speller.settings.weights, speller.tables.forest)
    return threshold_of(consider(speller, pairs), model, max_false_corrections)


def threshold_of(considered: Sequence[Considered], model: Model, max_false_corrections: float) -> Fitted:
    """As `fit_threshold`, from changes that were considered already.

    Raises:
        DataError: as there.
    """
    if not 0 < max_false_corrections < 1:
        raise DataError(f"max_false_corrections must be between 0 and 1, not {max_false_corrections}")
    highest = np.sort([_highest(one) for one in considered if one.clean])[::-1]
    if not len(highest):
        raise DataError("a threshold needs queries without a mistake; give pairs whose two sides are alike")
    allowed = int(max_false_corrections * len(highest))
    limit = float(highest[allowed])
    threshold = float(np.nextafter(limit, np.inf)) if np.isfinite(limit) else 0.0
    return Fitted(
        threshold,
        _share(highest >= threshold),
        _share(np.array([_right(one, threshold) for one in considered if not one.clean], dtype=np.bool_)),
        model,
    )


def fold_of(query: str, folds: int) -> int:
    """The part that a query belongs to: MD5 of its lower-case, stripped text, which says nothing about it."""
    digest = hashlib.md5(query.lower().strip().encode(), usedforsecurity=False).hexdigest()
    return int(digest, 16) % folds


def _aligned(query: str, wanted: str) -> Iterable[tuple[str, str]]:
    before, after = ([word.form for word in words(side)] for side in (query, wanted))
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal" or (kind == "replace" and j - i == m - k):
            yield from zip(before[i:j], after[k:m], strict=True)
        elif kind == "replace":
            yield " ".join(before[i:j]), " ".join(after[k:m])


def _wanted(one: Considered, change: Change) -> bool:
    """What a change writes is in the wanted query, and what it takes away is not."""
    text = f" {' '.join(word.form for word in words(one.wanted))} "
    became, was = (" ".join(word.form for word in words(part)) for part in (change.text, change.was))
    return f" {became} " in text and f" {was} " not in text


def _rows(
    readings: Iterable[tuple[Considered, Sequence[Change]]],
) -> tuple[list[tuple[float, ...]], NDArray[np.bool_]]:
    """The features of each reading, and whether it is wanted.

    Raises:
        DataError: there is none, or all are wanted, or none is.
    """
    found = [(one, change) for one, some in readings for change in some]
    wanted = np.array([_wanted(one, change) for one, change in found], dtype=np.bool_)
    if not len(found) or wanted.all() or not wanted.any():
        raise DataError("weights need corrections that are wanted and others that are not; give more pairs")
    return [numbers(change) for _, change in found], wanted


def _highest(one: Considered) -> float:
    return max((change.margin for change in one.changes), default=-np.inf)


def _right(one: Considered, threshold: float) -> bool:
    made = [change for change in one.changes if change.margin >= threshold]
    return same(applied(one.query, made), one.wanted)


def _share(hits: NDArray[np.bool_]) -> Estimate:
    if not len(hits):
        return Estimate(float("nan"), float("nan"), float("nan"))
    interval = wilson(int(hits.sum()), len(hits))
    return Estimate(float(hits.mean()), interval.low, interval.high)


def with_fit(speller: Speller, fitted: Fitted) -> Speller:
    """The speller with a fit's weights, trees and threshold."""
    settings = msgspec.structs.replace(speller.settings, weights=fitted.model.weights, threshold=fitted.threshold)
    return speller.replaced(tables=replace(speller.tables, forest=fitted.model.forest), settings=settings)
