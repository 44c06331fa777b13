"""Words of queries that are likely misspelled: few search for them, and one edit or two make them a common word.

A cautious rule, since a false alarm costs more trust than a miss: the word stands nowhere in the catalog, is not two
known words written as one, begins like the common word, and that one is at least ten times as frequent. Candidates are
found by what is left of both words after deletions (the symmetric delete method that SymSpell is built on), all words
at once.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.search.edits import MOST_EDITS, edits_allowed, letters_of, may_be_within_edits, within_edits

TIMES = 10
"""So many times as frequent is the common word at least, and it is met at least as often."""
MOST_WORDS = 300_000
"""Of common words, and of those looked at: the most frequent ones. More than that makes the result inexact."""
_COLUMNS = 8  # characters that deletions are tried on: two edits within them leave six to agree on
_LONG = 8  # characters from which on two edits are allowed
_AT_ONCE = 20_000
_PRIMES = np.array([(2 * place + 1) * 0x9E3779B97F4A7C15 % 2**64 | 1 for place in range(_COLUMNS)], np.uint64)


@dataclass(frozen=True)
class Words:
    """Words with how often they are met (items that have them and searches that ask for them), shape (words,)."""

    words: pa.Array
    frequency: NDArray[np.int64]
    in_catalog: NDArray[np.bool_]


@dataclass(frozen=True)
class Misspelled:
    """`words`, shape (words,): which are likely misspelled; `exact` is False where some were not looked at."""

    words: NDArray[np.bool_]
    exact: bool


def likely_misspelled(words: Words) -> Misspelled:
    out = np.zeros(len(words.frequency), np.bool_)
    doubted = _most_frequent(words, _doubted(words), MOST_WORDS)
    common = _most_frequent(words, words.frequency >= TIMES, MOST_WORDS)
    if len(doubted) and len(common):
        near = _Near(words, common)
        for start in range(0, len(doubted), _AT_ONCE):
            rows = doubted[start : start + _AT_ONCE]
            out[rows[near.found(rows)]] = True
        known = set(words.words.filter(pa.array(words.in_catalog)).to_pylist())
        for row in np.flatnonzero(out).tolist():
            out[row] = not _two_words(words.words[row].as_py(), known)
    return Misspelled(out, exact=int(_doubted(words).sum()) <= MOST_WORDS)


def _doubted(words: Words) -> NDArray[np.bool_]:
    """Words that the catalog lacks, of letters only, in a script that has capitals (others are not typed by letter)."""
    letters = pc.and_(pc.utf8_is_alpha(words.words), pc.not_equal(pc.utf8_upper(words.words), words.words))
    long_enough = np.asarray(pc.utf8_length(words.words)) >= 4
    return ~words.in_catalog & np.asarray(letters, np.bool_) & long_enough


def _most_frequent(words: Words, wanted: NDArray[np.bool_], most: int) -> NDArray[np.int64]:
    rows = np.flatnonzero(wanted)
    if len(rows) <= most:
        return rows
    return np.sort(rows[np.argsort(-words.frequency[rows], kind="stable")[:most]])


def _two_words(word: str, known: set[str]) -> bool:
    return any(word[:cut] in known and word[cut:] in known for cut in range(3, len(word) - 2))


class _Near:
    """Finds which words have a common one close by."""

    def __init__(self, words: Words, common: NDArray[np.int64]) -> None:
        self._words, self._texts = words.words.to_pylist(), words.words
        self._frequency = words.frequency
        self._lengths = np.asarray(pc.utf8_length(words.words), np.int64)
        self._letters, self._long = letters_of(words.words), self._lengths >= _LONG
        rows = [common if len(gone) < 2 else common[self._long[common]] for gone in _deletions()]
        keys = np.concatenate(
            [_hashes(self._texts.take(pa.array(at)), gone) for at, gone in zip(rows, _deletions(), strict=True)]
        )
        order = np.argsort(keys, kind="stable")
        self._keys, self._owners = keys[order], np.concatenate(rows)[order]

    def found(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """For rows of the words: whether a common word lies near, shape (rows,)."""
        out = np.zeros(len(rows), np.bool_)
        for gone in _deletions():
            open_rows = np.flatnonzero(~out & (self._long[rows] | (len(gone) < 2)))
            hashed = _hashes(self._texts.take(pa.array(rows[open_rows])), gone)
            begin, end = (np.searchsorted(self._keys, hashed, side) for side in ("left", "right"))
            sizes = end - begin
            inside = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            mine = np.repeat(open_rows, sizes)
            theirs = self._owners[np.repeat(begin, sizes) + inside]
            enough = self._frequency[theirs] >= TIMES * self._frequency[rows[mine]]
            mine, theirs = mine[enough], theirs[enough]
            close = may_be_within_edits(self._lengths, self._letters, rows[mine], theirs)
            for at, other in zip(mine[close].tolist(), theirs[close].tolist(), strict=True):
                out[at] = out[at] or self._near(self._words[int(rows[at])], self._words[other])
        return out

    @staticmethod
    def _near(word: str, common: str) -> bool:
        most = edits_allowed(min(len(word), len(common)))
        return word != common and word[0] == common[0] and within_edits(word, common, most)


def _deletions() -> list[tuple[int, ...]]:
    """Which of the first characters are taken away: none, one or two, but never the very first."""
    return [gone for size in range(MOST_EDITS + 1) for gone in combinations(range(1, _COLUMNS), size)]


def _hashes(words: pa.Array, gone: tuple[int, ...]) -> NDArray[np.uint64]:
    """A number for what is left of each word's first characters without those `gone`, shape (words,)."""
    lengths = np.minimum(np.asarray(pc.utf8_length(words), np.int64), _COLUMNS)
    cut = "".join(pc.utf8_slice_codeunits(words, 0, _COLUMNS).to_pylist())
    signs = np.zeros((len(words), _COLUMNS), np.uint64)
    signs[np.arange(_COLUMNS) < lengths[:, None]] = np.frombuffer(cut.encode("utf-32-le"), "<u4")
    kept = [place for place in range(_COLUMNS) if place not in gone]
    # Zeros behind the end add nothing, so that a short word and what is left of a longer one can be equal.
    return signs[:, kept] @ _PRIMES[: len(kept)]
