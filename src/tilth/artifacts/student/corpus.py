"""Texts as runs of word codes: read once, used by every text feature."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student.sparsity import Csr, sparse
from tilth.text import head_length, normalize, stem, tokens


@dataclass(frozen=True)
class Corpus:
    """`n` texts; `codes[ends[i]:ends[i + 1]]` are the words of text i, as rows of `words`.

    `heads[i]` is the number of words before the first preposition or bracket; `trust` (one a word) is below 1 where a
    word was corrected.
    """

    words: list[str]
    trust: NDArray[np.float32]
    codes: NDArray[np.int64]
    ends: NDArray[np.int64]
    heads: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ends) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.diff(self.ends)

    @property
    def rows(self) -> NDArray[np.int64]:
        """Text that each word stands in, shape (len(codes),)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def positions(self) -> NDArray[np.int64]:
        """Place of each word in its text, from 0."""
        return np.arange(len(self.codes)) - np.repeat(self.ends[:-1], self.lengths)

    def counts(self) -> Csr:
        """How often each word stands in each text, shape (n, len(words))."""
        data = np.ones(len(self.codes), dtype=np.float32)
        matrix = sparse.csr_matrix((data, self.codes.copy(), self.ends.copy()), shape=(len(self), len(self.words)))
        matrix.sum_duplicates()
        return matrix


def read_corpus(texts: Sequence[str], splits: dict[str, tuple[str, str]]) -> Corpus:
    """Stemmed words of each text; a compound in `splits` becomes its two words."""
    stems: dict[str, list[int]] = {}
    index: dict[str, int] = {}
    codes: list[int] = []
    ends = np.zeros(len(texts) + 1, dtype=np.int64)
    heads = np.zeros(len(texts), dtype=np.int64)
    for row, text in enumerate(texts):
        normalized = normalize(text)
        words = tokens(normalized)
        head, extra = head_length(normalized), 0
        for place, word in enumerate(words):
            known = stems.get(word)
            if known is None:
                root = stem(word)
                known = stems[word] = [index.setdefault(part, len(index)) for part in splits.get(root, (root,))]
            codes.extend(known)
            if place < head:
                extra += len(known) - 1
        heads[row] = head + extra
        ends[row + 1] = len(codes)
    words = list(index)
    return Corpus(words, np.ones(len(words), np.float32), np.array(codes, dtype=np.int64), ends, heads)


def recode(corpus: Corpus, replace: Callable[[list[str]], tuple[list[str], NDArray[np.float32]]]) -> Corpus:
    """The corpus with its words passed through `replace`, which returns new words and the trust in each."""
    replaced, trust = replace(corpus.words)
    index: dict[str, int] = {}
    codes = np.array([index.setdefault(word, len(index)) for word in replaced], dtype=np.int64)
    merged = np.zeros(len(index), dtype=np.float32)
    np.maximum.at(merged, codes, trust)
    return Corpus(list(index), merged, codes[corpus.codes], corpus.ends, corpus.heads)


def hashed(words: Sequence[str], bits: int) -> NDArray[np.int64]:
    """A stable code below 2**bits for each word (CRC-32), so that unseen words still meet each other."""
    mask = (1 << bits) - 1
    return np.fromiter((zlib.crc32(word.encode()) & mask for word in words), dtype=np.int64, count=len(words))
