"""The words a student knows: how rare each is, which compounds it splits, how it mends a typo."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student.corpus import Corpus, hashed, read_corpus, recode
from tilth.artifacts.student.sparsity import Csr, sparse
from tilth.text import word_ngrams

_GRAM_BITS = 20
_MIN_SIMILARITY = 0.5
_MIN_COMPOUND = 6
_MIN_PART = 3


@dataclass(frozen=True)
class Lexicon:
    """`words` (stems) with their inverse document frequency among items; `known` marks the ones some item uses."""

    words: list[str]
    idf: NDArray[np.float32]
    known: NDArray[np.bool_]
    splits: dict[str, tuple[str, str]]
    correct_spelling: bool
    index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {word: row for row, word in enumerate(self.words)})

    def read(self, texts: Sequence[str], *, correct: bool) -> Corpus:
        """The texts as a corpus; with `correct`, words that no item uses are replaced by the closest that one does."""
        corpus = read_corpus(texts, self.splits)
        return recode(corpus, self._corrected) if correct and self.correct_spelling else corpus

    def rows_of(self, words: Sequence[str]) -> NDArray[np.int64]:
        """Row of each word, -1 where unknown."""
        get = self.index.get
        return np.fromiter((get(word, -1) for word in words), dtype=np.int64, count=len(words))

    def idf_of(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Rarity of each word; an unknown word counts as the rarest."""
        rarest = self.idf.max(initial=1.0)
        rows = self.rows_of(words)
        return np.where(rows >= 0, self.idf[rows] if len(self.idf) else rarest, rarest).astype(np.float32)

    @cached_property
    def _targets(self) -> tuple[list[str], Csr]:
        """Words that a misspelt one may stand for, and their n-grams: read once, not for each request of a server."""
        targets = [word for word, use in zip(self.words, self.known, strict=True) if use and len(word) >= 3]
        return targets, _gram_matrix(targets)

    def _corrected(self, words: list[str]) -> tuple[list[str], NDArray[np.float32]]:
        rows = self.rows_of(words)
        known = np.zeros(len(words), dtype=bool)
        known[rows >= 0] = self.known[rows[rows >= 0]]
        odd = [row for row, word in enumerate(words) if not known[row] and len(word) >= 4 and word.isalpha()]
        trust = np.ones(len(words), dtype=np.float32)
        replaced = list(words)
        if not odd:
            return replaced, trust
        targets, table = self._targets
        if not targets:
            return replaced, trust
        best, similarity = _closest([words[row] for row in odd], table)
        for row, target, score in zip(odd, best, similarity, strict=True):
            if score >= _MIN_SIMILARITY:
                replaced[row], trust[row] = targets[target], score
        return replaced, trust


def fit_lexicon(contexts: Sequence[str], items: Sequence[str], *, correct_spelling: bool) -> Lexicon:
    """Document frequencies among `items`; words that only contexts use count as the rarest.

    A word is a compound to split when its two halves stand side by side elsewhere: `deckover` / "deck over".
    """
    raw_items, raw_contexts = read_corpus(items, {}), read_corpus(contexts, {})
    splits = _find_splits(raw_items, raw_contexts)
    item_corpus, context_corpus = read_corpus(items, splits), read_corpus(contexts, splits)
    frequency = np.asarray((item_corpus.counts() > 0).sum(axis=0)).ravel().astype(np.float64)
    known_words = set(item_corpus.words)
    only_contexts = [word for word in context_corpus.words if word not in known_words]
    frequency = np.concatenate([frequency, np.zeros(len(only_contexts))])
    count = max(len(items), 1)
    idf = np.log((count + 1) / (frequency + 0.5)).astype(np.float32)
    words = item_corpus.words + only_contexts
    return Lexicon(words, np.maximum(idf, 0.05), frequency > 0, splits, correct_spelling)


def _find_splits(*corpora: Corpus) -> dict[str, tuple[str, str]]:
    neighbours: Counter[tuple[str, str]] = Counter()
    words: set[str] = set()
    for corpus in corpora:
        words.update(corpus.words)
        inside = np.diff(corpus.rows) == 0
        first, second = corpus.codes[:-1][inside], corpus.codes[1:][inside]
        keys, counts = np.unique(first * len(corpus.words) + second, return_counts=True)
        for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
            left, right = divmod(key, len(corpus.words))
            neighbours[corpus.words[left], corpus.words[right]] += count
    splits: dict[str, tuple[str, str]] = {}
    for (left, right), count in neighbours.items():
        joined = left + right
        long_enough = len(left) >= _MIN_PART and len(right) >= _MIN_PART and len(joined) >= _MIN_COMPOUND
        if long_enough and count >= 2 and joined in words and joined.isalpha():
            splits[joined] = (left, right)
    return splits


def _closest(words: list[str], table: Csr) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For each word the row of `table` (`_gram_matrix`) with the highest cosine of character bi- and trigrams."""
    best = np.zeros(len(words), dtype=np.int64)
    score = np.zeros(len(words), dtype=np.float32)
    for start in range(0, len(words), 512):
        product = (_gram_matrix(words[start : start + 512]) @ table.T).tocsr()
        for row in range(product.shape[0]):
            span = slice(product.indptr[row], product.indptr[row + 1])
            if span.stop > span.start:
                place = int(product.data[span].argmax())
                best[start + row] = product.indices[span][place]
                score[start + row] = product.data[span][place]
    return best, score


def _gram_matrix(words: list[str]) -> Csr:
    grams = [word_ngrams(word, (2, 3)) for word in words]
    ends = np.cumsum([0, *map(len, grams)])
    columns = hashed([gram for found in grams for gram in found], _GRAM_BITS)
    matrix = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(words), 1 << _GRAM_BITS))
    matrix.sum_duplicates()
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sparse.diags(1 / np.maximum(norms, 1e-9)).astype(np.float32) @ matrix
