"""What a model sees of a set of words."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tilth.suggest.sets.encoded import Vocabulary
from tilth.suggest.sets.evidence import LogEvidence, TitleEvidence
from tilth.suggest.sets.title_sets import MOST_WORDS, STATISTICS, WordSets
from tilth.text import is_number

Matrix = NDArray[np.float32]
WORD_COLUMNS = 11
PLAIN_FEATURES = 1 + len(STATISTICS) + 3 * WORD_COLUMNS


def word_columns(vocabulary: Vocabulary, titles: TitleEvidence, log: LogEvidence) -> Matrix:
    """What is known of each word: (words, WORD_COLUMNS)."""
    count, asked = titles.titles, log.queries
    shape = [(is_number(w), any(c.isdigit() for c in w), len(w)) for w in vocabulary.words]
    liked = log_mean(titles, asked)
    columns = [
        np.log((asked + 0.3) / (count + 5)),
        np.log1p(asked),
        np.log1p(count),
        (log.lasts + 0.2) / (asked + 1),
        (log.alone + 0.05) / (asked + 1),
        titles.heads / np.maximum(count, 1),
        titles.firsts / np.maximum(count, 1),
        liked,
        *np.array(shape, dtype=np.float32).reshape(-1, 3).T,
    ]
    return np.column_stack(columns).astype(np.float32)


def log_mean(titles: TitleEvidence, asked: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much is asked for words used like each word."""
    return titles.near @ np.log((asked + 0.3) / (titles.titles + 5))


def plain_features(sets: WordSets, columns: Matrix) -> Matrix:
    """Statistics of titles, and the least, most and sum of what is known of the words: (n, PLAIN_FEATURES)."""
    there = sets.words >= 0
    statistics = sets.statistics.copy()
    statistics[:, 0] = np.log1p(statistics[:, 0])
    parts = [there.sum(axis=1)[:, None].astype(np.float32), statistics]
    for column in columns.T:
        values = column[sets.words]
        parts.append(
            np.stack(
                [
                    np.where(there, values, np.inf).min(axis=1),
                    np.where(there, values, -np.inf).max(axis=1),
                    np.where(there, values, 0).sum(axis=1),
                ],
                axis=1,
            )
        )
    return np.concatenate(parts, axis=1).astype(np.float32)


def set_features(sets: WordSets, titles: TitleEvidence, log: LogEvidence, marks: NDArray[np.int64]) -> Matrix:
    """What titles and log say of the set as a whole and of its parts: (n, 17)."""
    there = sets.words >= 0
    size = sets.sizes
    share = np.where(there, np.log(np.maximum(titles.titles[sets.words], 1) / titles.count), 0).sum(axis=1)
    rarest = np.where(there, titles.titles[sets.words], np.inf).min(axis=1)
    held = sets.statistics[:, 0]
    whole = [
        np.log(held + 0.1) - share - np.log(titles.count),
        held / np.maximum(rarest, 1),
        _held(log, sets.keys),
        _is_whole(log, sets.keys),
    ]
    return np.column_stack([*whole, *_parts(sets, log, marks, size), *_pairs(sets, titles, log, marks)]).astype(
        np.float32
    )


def _parts(
    sets: WordSets, log: LogEvidence, marks: NDArray[np.int64], size: NDArray[np.int64]
) -> list[NDArray[np.float64]]:
    """The sets with one word less: queries that hold them, and how many are queries themselves."""
    most, total, whole = np.zeros(len(sets)), np.zeros(len(sets)), np.zeros(len(sets))
    for place in range(MOST_WORDS):
        use = (sets.words[:, place] >= 0) & (size > 1)
        keys = sets.keys[use] - marks[sets.words[use, place]]
        count = _held(log, keys)
        most[use] = np.maximum(most[use], count)
        total[use] += np.log1p(count)
        whole[use] += _is_whole(log, keys)
    return [most, total, whole]


def _pairs(
    sets: WordSets, titles: TitleEvidence, log: LogEvidence, marks: NDArray[np.int64]
) -> list[NDArray[np.float64]]:
    """Over pairs of its words: queries that hold them or their like, and how many more titles than by chance."""
    n = len(sets)
    asked, like, lift = _Over(n), _Over(n), _Over(n)
    for one, other in combinations(range(MOST_WORDS), 2):
        use = np.flatnonzero(sets.words[:, other] >= 0)
        if not len(use):
            continue
        a, b = sets.words[use, one], sets.words[use, other]
        keys = marks[a] + marks[b]
        asked.add(use, _held(log, keys))
        like.add(use, np.log1p(np.asarray(log.like[a, b]).ravel()))
        rows = titles.pairs.find(keys)
        count = np.where(rows >= 0, titles.pairs.statistics[rows, 0], 0) if len(titles.pairs) else np.zeros(len(use))
        lift.add(use, np.log((count + 0.1) * titles.count / np.maximum(titles.titles[a] * titles.titles[b], 1)))
    return [
        *asked.columns(),
        *like.columns(),
        *lift.columns(),
        np.where(asked.count > 0, asked.positive / np.maximum(asked.count, 1), 0),
    ]


class _Over:
    """Least, most and sum of what is added, by row; 0 where nothing is."""

    def __init__(self, rows: int) -> None:
        self.least, self.most = np.full(rows, np.inf), np.full(rows, -np.inf)
        self.total, self.count, self.positive = np.zeros(rows), np.zeros(rows), np.zeros(rows)

    def add(self, rows: NDArray[np.int64], values: NDArray[np.float32] | NDArray[np.float64]) -> None:
        self.least[rows] = np.minimum(self.least[rows], values)
        self.most[rows] = np.maximum(self.most[rows], values)
        self.total[rows] += values
        self.count[rows] += 1
        self.positive[rows] += values > 0

    def columns(self) -> list[NDArray[np.float64]]:
        some = self.count > 0
        return [np.where(some, self.least, 0), np.where(some, self.most, 0), self.total]


def _held(log: LogEvidence, keys: NDArray[np.int64]) -> NDArray[np.float32]:
    rows = log.held.find(keys)
    return np.where(rows >= 0, log.held.statistics[rows, 0], 0) if len(log.held) else np.zeros(len(keys), np.float32)


def _is_whole(log: LogEvidence, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.isin(keys, log.whole)
