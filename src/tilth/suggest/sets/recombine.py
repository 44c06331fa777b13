"""Sets of words that no title and no query holds, put together from what queries hold."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tilth.suggest.sets.evidence import LogEvidence
from tilth.suggest.sets.title_sets import MOST_WORDS, STATISTICS, WordSets, keys_of, united

PAIRS_AT_ONCE = 4096


def recombined(log: LogEvidence, marks: NDArray[np.int64], most: int) -> WordSets:
    """All sets that queries hold; pairs of words whose like stand together in queries; and such pairs with a third word
    that goes with both. At most `most` pairs and as many sets of three, those that are most alike to what was asked.
    """
    pairs = log.like.tocoo()
    once = pairs.row < pairs.col
    row, col, value = pairs.row[once], pairs.col[once], np.asarray(pairs.data[once], np.float64)
    best = _most(value, most)
    held = log.held.take(log.held.sizes == 2)
    found = [
        WordSets(log.held.words, log.held.keys, np.zeros_like(log.held.statistics)),
        _sets(np.stack([row[best], col[best]], axis=1), marks),
        _sets(_triples(log.like, held.words[:, :2], most), marks),
    ]
    return united(found)


def _triples(like: sp.csr_array, pairs: NDArray[np.int32], most: int) -> NDArray[np.int32]:
    """Each pair with each word that goes with both; how well: the lesser of the two."""
    found = [np.empty((0, 3), np.int32)]
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        some = pairs[start : start + PAIRS_AT_ONCE]
        both = sp.csr_array(like[some[:, 0]].minimum(like[some[:, 1]])).tocoo()
        third = both.col
        new = (third != some[both.row, 0]) & (third != some[both.row, 1])
        best = np.flatnonzero(new)[
            _most(np.asarray(both.data[new], np.float64), most * len(some) // max(len(pairs), 1) + 1)
        ]
        found.append(np.column_stack([some[both.row[best]], third[best]]).astype(np.int32))
    return np.concatenate(found)


def _sets(words: NDArray[np.int32], marks: NDArray[np.int64]) -> WordSets:
    ordered = np.full((len(words), MOST_WORDS), -1, dtype=np.int32)
    ordered[:, : words.shape[1]] = np.sort(words, axis=1)
    return united([WordSets(ordered, keys_of(ordered, marks), np.zeros((len(words), len(STATISTICS)), np.float32))])


def _most(values: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Where the `most` highest values are."""
    if len(values) <= most:
        return np.arange(len(values))
    return np.sort(np.argpartition(values, -most)[-most:])
