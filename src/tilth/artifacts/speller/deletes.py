"""Which known words may be meant: symmetric deletes (Garbe 2012, SymSpell) in a bucketed hash table.

Two words within d edits of each other share a string that comes from deleting at most d letters of each. The strings
themselves are not stored: a bucket holds the numbers of all words with a string of that hash, and since every candidate
is verified anyway, a collision costs time and nothing else. The hash is linear in the letters, so that those of all
deletes of a word are one product of a matrix and a vector.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.speller.hashing import PREFIX, bits_for, buckets, deletions, weights
from tilth.artifacts.speller.lexicon import LexiconArrays


@dataclass(frozen=True)
class DeleteArrays:
    """Bucket b holds `words[starts[b]:starts[b + 1]]`, ascending; `letters_of` (n,) has a bit for each letter that a
    word has, by the last 5 bits of its code."""

    starts: NDArray[np.uint32]
    words: NDArray[np.uint32]
    letters_of: NDArray[np.uint32]


def delete_arrays(forms: Sequence[str], eligible: NDArray[np.bool_]) -> DeleteArrays:
    """The table of the eligible ones among all words."""
    numbers = np.flatnonzero(eligible)
    lengths = np.array([len(forms[number]) for number in numbers.tolist()], dtype=np.int64)
    hashed: list[NDArray[np.uint64]] = []
    owners: list[NDArray[np.int64]] = []
    for length in sorted(set(lengths.tolist())):
        of_length = numbers[lengths == length]
        prefixes = [str(forms[number])[:PREFIX] for number in of_length.tolist()]
        codes = _codes(prefixes)
        for pattern in weights(min(length, PREFIX), deletions(length)):
            hashed.append((codes * pattern).sum(axis=1, dtype=np.uint64))
            owners.append(of_length)
    raw = np.concatenate(hashed) if hashed else np.zeros(0, np.uint64)
    bits = bits_for(len(raw))
    entries = buckets(raw, bits) << np.uint64(32)
    entries |= np.concatenate(owners).astype(np.uint64) if owners else np.zeros(0, np.uint64)
    entries.sort()
    entries = entries[np.diff(entries, prepend=np.uint64((1 << 64) - 1)) != 0]
    filled = np.bincount((entries >> np.uint64(32)).astype(np.int64), minlength=1 << bits)
    starts = np.zeros((1 << bits) + 1, dtype=np.uint32)
    np.cumsum(filled, out=starts[1:])
    words = (entries & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return DeleteArrays(starts, words, np.array([letter_bits(form) for form in forms], dtype=np.uint32))


def letter_bits(form: str) -> int:
    bits = 0
    for char in form:
        bits |= 1 << (ord(char) & 31)
    return bits


_FREQUENCY = 0.4
"""What a nat of a word's log probability counts against a letter that only one of both words has."""
_FIRST = np.ones(1, dtype=np.bool_)


class Deletes:
    """Finds the words near a word."""

    def __init__(self, lexicon: LexiconArrays, arrays: DeleteArrays) -> None:
        self._lengths, self._letters_of, self._log_p = lexicon.lengths, arrays.letters_of, lexicon.log_p
        self._starts, self._words = arrays.starts, arrays.words
        self._bits = int(len(arrays.starts) - 1).bit_length() - 1

    def near(self, form: str, most: int) -> list[tuple[int, int]]:
        """At most `most` words that may be within `deletions(len(form))` edits, each with how many letters only one of
        both has: the best first, as far as letters and frequency tell."""
        length, allowed = len(form), deletions(len(form))
        codes = np.frombuffer(form[:PREFIX].encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
        found = buckets(weights(min(length, PREFIX), allowed) @ codes, self._bits).astype(np.int64)
        starts, ends = self._starts[found].tolist(), self._starts[found + 1].tolist()
        parts = [self._words[start:end] for start, end in zip(starts, ends, strict=True) if start < end]
        if not parts:
            return []
        words = np.concatenate(parts)
        words.sort()
        words = words[np.concatenate([_FIRST, words[1:] != words[:-1]])]
        lengths = self._lengths[words]
        words = words[(lengths >= length - allowed) & (lengths <= length + allowed)]
        there, here = self._letters_of[words], np.uint32(letter_bits(form))
        missing, extra = np.bitwise_count(there & ~here), np.bitwise_count(here & ~there)
        near = np.flatnonzero((missing <= allowed) & (extra <= allowed))
        words, differ = words[near], missing[near] + extra[near]
        order = np.argsort(differ - _FREQUENCY * self._log_p[words], kind="stable")[:most]
        return list(zip(words[order].tolist(), differ[order].tolist(), strict=True))


def _codes(prefixes: Sequence[str]) -> NDArray[np.uint64]:
    """Code points (n, length) of words of one length."""
    joined = "".join(prefixes).encode("utf-32-le")
    return np.frombuffer(joined, dtype=np.uint32).reshape(len(prefixes), -1).astype(np.uint64)
