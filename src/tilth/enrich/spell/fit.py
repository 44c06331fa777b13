"""Weights and threshold from known corrections, each corrected by a speller that was built without it."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import msgspec
import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.speller import Change, Features, Mistakes, Speller, Weights, applied
from tilth.artifacts.speller.weights import in_order, weighted
from tilth.artifacts.speller.words import words
from tilth.errors import DataError
from tilth.stats import Estimate, wilson

Pair = tuple[str, str]
"""A query as typed, and as wanted; both alike where nothing is wrong."""


@dataclass(frozen=True)
class Considered:
    """A pair with the changes that a speller without it considered."""

    query: str
    wanted: str
    changes: tuple[Change, ...]

    @property
    def clean(self) -> bool:
        return same(self.query, self.wanted)


@dataclass(frozen=True)
class Fitted:
    """A threshold, and what is to be expected with it: the shares of queries without a mistake that are changed all the
    same, and of those with one that become what was wanted. Both with Wilson intervals."""

    threshold: float
    false_corrections: Estimate
    accuracy: Estimate
    weights: Weights


def same(first: str, second: str) -> bool:
    """Whether two queries differ in case and blanks at most."""
    return first.lower().split() == second.lower().split()


def consider(speller: Speller, pairs: Iterable[Pair]) -> list[Considered]:
    """Each pair with what the speller considers. It must not have been built with them, or it has seen the mistakes."""
    return [Considered(query, wanted, speller.considered(query)) for query, wanted in pairs]


def mistakes_of(pairs: Iterable[Pair]) -> Mistakes:
    """Which words became which others, and which stayed, as the shortest difference of the two sides tells."""
    return Mistakes.of((typed, meant, 1.0) for query, wanted in pairs for typed, meant in _aligned(query, wanted))


def fit_weights(considered: Sequence[Considered]) -> Weights:
    """Logistic regression of whether a change was wanted on its features, with a light ridge.

    Raises:
        DataError: no change was considered, or all were wanted, or none.
    """
    from sklearn.linear_model import LogisticRegression

    rows = [(one, change) for one in considered for change in one.changes if change.features is not None]
    wanted = np.array([_wanted(one, change) for one, change in rows], dtype=np.bool_)
    if not len(rows) or wanted.all() or not wanted.any():
        raise DataError("weights need corrections that are wanted and others that are not; give more pairs")
    X = np.array([[*_numbers(change)] for _, change in rows])
    spread = X.std(axis=0)
    spread[spread < 1e-9] = 1.0
    fitted = LogisticRegression(fit_intercept=False, max_iter=1000).fit(X / spread, wanted)
    names = (*Features._fields, "context")
    return Weights(**dict(zip(names, (fitted.coef_[0] / spread).tolist(), strict=True)))


def rescored(considered: Iterable[Considered], weights: Weights) -> list[Considered]:
    """The same changes with the margins that other weights give."""
    numbers = in_order(weights)

    def margin(change: Change) -> float:
        if change.features is None or change.context is None:
            return change.margin
        return weighted(numbers, change.features) + weights.context * change.context

    return [
        replace(one, changes=tuple(replace(change, margin=margin(change)) for change in one.changes))
        for one in considered
    ]


def fit_threshold(speller: Speller, pairs: Iterable[Pair], max_false_corrections: float) -> Fitted:
    """The lowest threshold at which at most that share of the pairs without a mistake is changed.

    Raises:
        DataError: there is no pair without a mistake, or the share is none.
    """
    return threshold_of(consider(speller, pairs), max_false_corrections, speller.settings.weights)


def threshold_of(considered: Sequence[Considered], max_false_corrections: float, weights: Weights) -> Fitted:
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
        weights,
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


def _numbers(change: Change) -> tuple[float, ...]:
    return (*(change.features or ()), change.context or 0.0)


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
    """The speller with a fit's weights and threshold."""
    settings = msgspec.structs.replace(speller.settings, weights=fitted.weights, threshold=fitted.threshold)
    return speller.replaced(settings=settings)
