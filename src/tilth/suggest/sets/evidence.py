"""What a log and the titles say of single words and of sets of words."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tilth.suggest.sets.encoded import Encoded
from tilth.suggest.sets.title_sets import WordSets, title_sets

FACTORS = 64
NEIGHBOURS = 12


@dataclass(frozen=True)
class TitleEvidence:
    """Of words, by number: how many `titles` hold it, how many name their thing by it (`heads`) and begin with it
    (`firsts`). `near` (words, words): how alike two words are used, of each word's NEIGHBOURS, rows adding up to 1.
    `pairs`: all sets of two words."""

    count: int
    titles: NDArray[np.float32]
    heads: NDArray[np.float32]
    firsts: NDArray[np.float32]
    near: sp.csr_array
    pairs: WordSets


@dataclass(frozen=True)
class LogEvidence:
    """Of words, by number: how many `queries` hold it, end with it (`lasts`), and are this word alone (`alone`).

    `held`: all sets of up to four words that some query holds, with the number of such queries. `whole`: keys of the
    queries themselves, ascending. `like` (words, words): how many queries hold two words or words used like them.
    """

    queries: NDArray[np.float32]
    lasts: NDArray[np.float32]
    alone: NDArray[np.float32]
    held: WordSets
    whole: NDArray[np.int64]
    like: sp.csr_array


def title_evidence(titles: Encoded, words: int, pairs: WordSets) -> TitleEvidence:
    """Counts over the titles."""
    named = titles.heads >= 0
    some = titles.lengths > 0
    return TitleEvidence(
        len(titles),
        _count(titles.ids, words),
        _count(titles.ids[titles.starts[:-1][named] + titles.heads[named]], words),
        _count(titles.ids[titles.starts[:-1][some]], words),
        neighbours(pairs, words),
        pairs,
    )


def log_evidence(log: Encoded, marks: NDArray[np.int64], near: sp.csr_array) -> LogEvidence:
    """Counts over the queries of a log, each of which counts once."""
    words, some, lengths = len(marks), log.lengths > 0, log.lengths
    held = title_sets(log, np.zeros(words, dtype=np.float32), marks)
    pairs = held.take(held.sizes == 2)
    together = _square(pairs, pairs.statistics[:, 0], words)
    like = near @ together
    return LogEvidence(
        _count(log.ids, words),
        _count(log.ids[log.starts[1:][some] - 1], words),
        _count(log.ids[log.starts[:-1][lengths == 1]], words),
        held,
        np.unique(query_keys(log, marks)),
        (like + like.T + together).tocsr(),
    )


def query_keys(log: Encoded, marks: NDArray[np.int64]) -> NDArray[np.int64]:
    """The key of each text's set of words, of any size; 0 for a text without known words."""
    sums = np.concatenate([[0], np.cumsum(marks[log.ids])])  # wraps around; differences are right again
    return sums[log.starts[1:]] - sums[log.starts[:-1]]


def neighbours(pairs: WordSets, words: int) -> sp.csr_array:
    """Words used like a word: the nearest by cosine of factors of the positive pointwise mutual information of pairs in
    titles (Levy and Goldberg 2014). Rows add up to 1, or to 0 for a word that stands alone."""
    from sklearn.decomposition import TruncatedSVD

    counts = _square(pairs, pairs.statistics[:, 0], words).tocoo()
    totals = np.asarray(counts.sum(axis=1)).ravel()
    expected = totals[counts.row] * totals[counts.col] / max(totals.sum(), 1)
    information = np.maximum(np.log(np.maximum(counts.data, 1e-9) / expected), 0)
    matrix = sp.csr_array((information, (counts.row, counts.col)), shape=(words, words))
    rank = min(FACTORS, words - 1)
    if rank < 1 or not matrix.nnz:
        return sp.csr_array((words, words))
    svd = TruncatedSVD(rank, n_iter=3, random_state=0)
    factors = svd.fit_transform(matrix) / np.sqrt(np.maximum(svd.singular_values_, 1e-9))
    factors /= np.maximum(np.linalg.norm(factors, axis=1, keepdims=True), 1e-9)
    return _nearest(factors.astype(np.float32))


def _nearest(factors: NDArray[np.float32]) -> sp.csr_array:
    words, most = len(factors), min(NEIGHBOURS, len(factors) - 1)
    rows, columns, values = [], [], []
    for start in range(0, words, 2048):
        likeness = factors[start : start + 2048] @ factors.T
        here = np.arange(len(likeness))
        likeness[here, start + here] = -1
        best = np.argpartition(likeness, -most, axis=1)[:, -most:]
        rows.append(np.repeat(start + here, most))
        columns.append(best.ravel())
        values.append(np.maximum(np.take_along_axis(likeness, best, axis=1), 0).ravel())
    entries = np.concatenate(values) ** 2
    index = np.concatenate(rows)
    total = np.bincount(index, entries, words)[index]
    shares = np.divide(entries, total, out=np.zeros_like(entries), where=total > 0)
    return sp.csr_array((shares, (index, np.concatenate(columns))), shape=(words, words))


def _square(pairs: WordSets, values: NDArray[np.float32], words: int) -> sp.csr_array:
    one, other = pairs.words[:, 0], pairs.words[:, 1]
    both = (np.concatenate([one, other]), np.concatenate([other, one]))
    return sp.csr_array((np.concatenate([values, values]), both), shape=(words, words))


def _count(ids: NDArray[np.int32], words: int) -> NDArray[np.float32]:
    return np.bincount(ids, minlength=words).astype(np.float32)
