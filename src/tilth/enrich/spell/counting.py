"""Words and pairs of words of many texts, counted in bounded memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.speller.together import REACH
from tilth.artifacts.speller.words import symbol, words

_BORDER = 0
AT_ONCE = 1 << 21

Floats = NDArray[np.float64]
_Summed = tuple[NDArray[np.uint64], Floats]
"""Distinct keys, ascending, and the weight of each."""


class Numbering:
    """Numbers for words as they come; 0 stands between two texts and is no word."""

    def __init__(self) -> None:
        self.of: dict[str, int] = {"": _BORDER}

    def __len__(self) -> int:
        return len(self.of)

    def add(self, form: str) -> int:
        return self.of.setdefault(form, len(self.of))


@dataclass(frozen=True)
class Counts:
    """Weighted counts. `words[w]` of word number w, for as many numbers as there were; `keys` (p,), ascending, of pairs
    of neighbours (first << 32 | second), and `pairs` (p,) of each; `near_keys` (m,), ascending, of different words at
    most `REACH` apart in one text (larger << 32 | smaller), and `near` (m,) of each."""

    words: Floats
    keys: NDArray[np.uint64]
    pairs: Floats
    near_keys: NDArray[np.uint64]
    near: Floats


def count(texts: Iterable[tuple[str, float]], numbering: Numbering, at_once: int = AT_ONCE) -> Counts:
    """Count texts, each with a weight; new words are numbered. Pairs are sorted some `at_once` words at a time."""
    parts: list[Counts] = []
    numbers: list[int] = []
    weights: list[float] = []
    known, add = numbering.of, numbering.add
    for text, weight in texts:
        before = len(numbers)
        for word in words(text):
            form = symbol(word.form)
            number = known.get(form)
            numbers.append(add(form) if number is None else number)
        numbers.append(_BORDER)
        weights.extend([weight] * (len(numbers) - before))
        if len(numbers) >= at_once:
            parts.append(_counted(numbers, weights))
            numbers, weights = [], []
    return total([*parts, _counted(numbers, weights)])


def total(parts: Iterable[Counts], factor: float = 1.0) -> Counts:
    """The sum of counts under one numbering, times a factor."""
    some = list(parts)
    words = np.zeros(max((len(part.words) for part in some), default=0))
    for part in some:
        words[: len(part.words)] += part.words
    keys, pairs = _merged([(part.keys, part.pairs) for part in some])
    near_keys, near = _merged([(part.near_keys, part.near) for part in some])
    return Counts(words * factor, keys, pairs * factor, near_keys, near * factor)


def _counted(numbers: list[int], weights: list[float]) -> Counts:
    sequence, weight = np.array(numbers, dtype=np.int64), np.array(weights, dtype=np.float64)
    first, second = sequence[:-1], sequence[1:]
    inside = (first != _BORDER) & (second != _BORDER)
    pairs = _summed(_keys(first[inside], second[inside]), weight[:-1][inside])
    counted = np.bincount(sequence, weights=weight).astype(np.float64)
    return Counts(counted, *pairs, *_near(sequence, weight))


def _near(sequence: NDArray[np.int64], weight: Floats) -> _Summed:
    """Pairs of different words at most `REACH` apart, whatever their order."""
    text = np.cumsum(sequence == _BORDER)
    found: list[_Summed] = []
    for apart in range(1, REACH + 1):
        first, second = sequence[:-apart], sequence[apart:]
        one = (text[:-apart] == text[apart:]) & (first != _BORDER) & (first != second)
        first, second = first[one], second[one]
        keys = _keys(np.maximum(first, second), np.minimum(first, second))
        found.append(_summed(keys, weight[:-apart][one]))
    return _merged(found)


def _keys(high: NDArray[np.int64], low: NDArray[np.int64]) -> NDArray[np.uint64]:
    return high.astype(np.uint64) << np.uint64(32) | low.astype(np.uint64)


def _merged(parts: Sequence[_Summed]) -> _Summed:
    if len(parts) == 1:
        return parts[0]
    keys = np.concatenate([np.zeros(0, np.uint64), *(part[0] for part in parts)])
    return _summed(keys, np.concatenate([np.zeros(0), *(part[1] for part in parts)]))


def _summed(keys: NDArray[np.uint64], weights: Floats) -> _Summed:
    if len(weights) and weights.min() == weights.max():  # sorting without the places is several times faster
        distinct, times = np.unique(keys, return_counts=True)
        return distinct, times * weights[0]
    distinct, place = np.unique(keys, return_inverse=True)
    return distinct, np.bincount(place, weights=weights, minlength=len(distinct)).astype(np.float64)
