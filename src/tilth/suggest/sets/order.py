"""In which order people type the words of a set."""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from tilth.suggest.sets.encoded import Encoded, concatenated
from tilth.suggest.sets.title_sets import MOST_WORDS

PRIOR = 0.5
LOOK_AHEAD = 14
"""Of a text so many words are looked at."""


@dataclass(frozen=True)
class OrderCounts:
    """Of the texts of one side (titles, log). `pairs`, ascending: first word * words + second; `counts` how many texts
    hold them in that order; `places` (words,): mean place of a word, 0 first, 1 last, drawn towards the middle."""

    words: int
    pairs: NDArray[np.int64]
    counts: NDArray[np.float32]
    places: NDArray[np.float32]


@dataclass(frozen=True)
class Orders:
    """`weights` (4,) of what speaks for one word before another: pairs of the log and of titles, places in both."""

    log: OrderCounts
    titles: OrderCounts
    weights: NDArray[np.float64]

    def before(self, one: NDArray[np.integer], other: NDArray[np.integer]) -> NDArray[np.float64]:
        """Log odds that a word `one` (n,) is typed before the word `other` (n,)."""
        return _evidence(self.log, self.titles, one, other) @ self.weights


def count_orders(texts: Encoded, words: int) -> OrderCounts:
    """Directed pairs of words, and where in a text words stand."""
    starts, lengths = texts.starts[:-1], np.minimum(texts.lengths, LOOK_AHEAD)
    found = [np.empty(0, np.int64)]
    for first in range(LOOK_AHEAD - 1):
        for second in range(first + 1, LOOK_AHEAD):
            rows = starts[lengths > second]
            found.append(texts.ids[rows + first].astype(np.int64) * words + texts.ids[rows + second])
    pairs, counts = np.unique(np.concatenate(found), return_counts=True)
    whole = texts.lengths[texts.rows]
    place = np.where(whole > 1, texts.places / np.maximum(whole - 1, 1), 0.5)
    total, seen = np.bincount(texts.ids, place, words), np.bincount(texts.ids, minlength=words)
    return OrderCounts(words, pairs, counts.astype(np.float32), ((total + 0.5) / (seen + 1)).astype(np.float32))


def fit_orders(parts: list[Encoded], titles: Encoded, words: int) -> Orders:
    """Learn what speaks for an order from a log in `parts`: of each part's pairs, by counts of the other parts.

    A logistic regression without a constant, so that the odds of one order are the inverse of those of the other.
    """
    from scipy.optimize import minimize

    counted, rows = count_orders(titles, words), list[NDArray[np.float64]]()
    for held, part in enumerate(parts):
        others = count_orders(concatenated([one for other, one in enumerate(parts) if other != held]), words)
        known = count_orders(part, words)
        rows.append(_evidence(others, counted, known.pairs // words, known.pairs % words))
    found = np.concatenate(rows)
    fitted = minimize(lambda w: np.logaddexp(0, -found @ w).sum() + 0.5 * w @ w, np.full(found.shape[1], 0.5))
    return Orders(count_orders(concatenated(parts), words), counted, fitted.x)


def likeliest(words: NDArray[np.int32], orders: Orders, most: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """The `most` likeliest orders of each set of `words` (n, 4), -1 behind the last.

    Returns words (n, most, 4) in order, and log probabilities (n, most): -inf where a set has fewer orders. An order is
    as likely as all its pairs are together.
    """
    n = len(words)
    ordered = np.full((n, most, MOST_WORDS), -1, dtype=np.int32)
    chances = np.full((n, most), -np.inf)
    sizes = (words >= 0).sum(axis=1)
    for size in range(1, MOST_WORDS + 1):
        rows = np.flatnonzero(sizes == size)
        if not len(rows):
            continue
        some = words[rows, :size]
        ways = np.array(list(permutations(range(size))), dtype=np.int64)
        odds = np.zeros((len(rows), size, size))
        for one in range(size):
            for other in range(one):
                odds[:, one, other] = orders.before(some[:, one], some[:, other])
                odds[:, other, one] = -odds[:, one, other]
        value = np.zeros((len(rows), len(ways)))
        for first in range(size):
            for second in range(first + 1, size):
                value -= np.logaddexp(0, -odds[:, ways[:, first], ways[:, second]])
        value -= np.logaddexp.reduce(value, axis=1, keepdims=True)
        best = np.argsort(-value, axis=1, kind="stable")[:, :most]
        ordered[rows[:, None], np.arange(best.shape[1]), :size] = some[np.arange(len(rows))[:, None, None], ways[best]]
        chances[rows[:, None], np.arange(best.shape[1])] = np.take_along_axis(value, best, axis=1)
    return ordered, chances


def _evidence(
    log: OrderCounts, titles: OrderCounts, one: NDArray[np.integer], other: NDArray[np.integer]
) -> NDArray[np.float64]:
    """What speaks for `one` before `other`: (n, 4); the negative for the opposite order."""
    columns = [_odds(counts, one, other) for counts in (log, titles)]
    columns += [(counts.places[other] - counts.places[one]).astype(np.float64) for counts in (log, titles)]
    return np.column_stack(columns)


def _odds(counts: OrderCounts, one: NDArray[np.integer], other: NDArray[np.integer]) -> NDArray[np.float64]:
    there, back = (_counted(counts, a, b) for a, b in ((one, other), (other, one)))
    return np.log((there + PRIOR) / (back + PRIOR))


def _counted(counts: OrderCounts, one: NDArray[np.integer], other: NDArray[np.integer]) -> NDArray[np.float64]:
    keys = one.astype(np.int64) * counts.words + other
    if not len(counts.pairs):
        return np.zeros(len(keys))
    rows = np.minimum(np.searchsorted(counts.pairs, keys), len(counts.pairs) - 1)
    return np.where(counts.pairs[rows] == keys, counts.counts[rows], 0.0)
