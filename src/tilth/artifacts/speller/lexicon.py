"""All words that are known, in mapped arrays: looked up by form, read by number."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.speller.hashing import EMPTY, bits_for, place_open, view

UNKNOWN = -1
"""The number of a word that is not known."""
KNOWN_FROM_LOG = 1
"""Flag: only queries have the word, no text of the catalog."""
PROTECTED = 2
"""Flag: never changed."""
FROM_LIST = 4
"""Flag: only a word list of the language has the word, neither a text of the catalog nor a query."""
OUTSIDE = KNOWN_FROM_LOG | FROM_LIST
"""Either flag: no text of the catalog has the word."""


@dataclass(frozen=True)
class LexiconArrays:
    """n words by falling frequency. Word w is `letters[ends[w]:ends[w + 1]]` in UTF-8.

    `log_p` (n,) natural logarithms of probabilities; `log_rest` (n,) what its followers in bigrams leave to others, in
    logarithms; `flags` (n,); `lengths` (n,) in characters, at most 255; `general` (n,) the natural logarithm of a
    word's share of the word list's counts, 0 where it is not in the list; `slots` an open table of word numbers by
    CRC-32.
    """

    letters: NDArray[np.uint8]
    ends: NDArray[np.int64]
    log_p: NDArray[np.float32]
    log_rest: NDArray[np.float32]
    flags: NDArray[np.uint8]
    lengths: NDArray[np.uint8]
    general: NDArray[np.float32]
    slots: NDArray[np.uint32]


def lexicon_arrays(
    forms: Sequence[str],
    log_p: NDArray[np.float32],
    log_rest: NDArray[np.float32],
    flags: NDArray[np.uint8],
    general: NDArray[np.float32] | None = None,
) -> LexiconArrays:
    """The arrays of distinct words, given by falling frequency; without `general` there is no word list."""
    encoded = [form.encode() for form in forms]
    bits = bits_for(2 * len(encoded), high=31)
    wanted = np.fromiter(map(zlib.crc32, encoded), dtype=np.int64, count=len(encoded)) >> (32 - bits)
    order = np.argsort(wanted, kind="stable")
    places = place_open(wanted[order])
    slots = np.full(max(1 << bits, int(places[-1]) + 1 if len(places) else 0) + 1, EMPTY, dtype=np.uint32)
    slots[places] = order
    return LexiconArrays(
        letters=np.frombuffer(b"".join(encoded), dtype=np.uint8),
        ends=np.cumsum([0, *map(len, encoded)], dtype=np.int64),
        log_p=log_p,
        log_rest=log_rest,
        flags=flags,
        lengths=np.array([min(len(form), 255) for form in forms], dtype=np.uint8),
        general=np.zeros(len(encoded), np.float32) if general is None else general,
        slots=slots,
    )


class Lexicon:
    """Reads the arrays, one word at a time. Memory views are several times faster at that than arrays."""

    def __init__(self, arrays: LexiconArrays, unknown_log_p: float) -> None:
        self.arrays = arrays
        self.unknown_log_p = unknown_log_p
        self._letters, self._ends = view(arrays.letters), view(arrays.ends)
        self._log_p, self._log_rest = view(arrays.log_p), view(arrays.log_rest)
        self._flags, self._slots = view(arrays.flags), view(arrays.slots)
        self._general = view(arrays.general)
        self._shift = 32 - bits_for(2 * len(self), high=31)

    def __len__(self) -> int:
        return len(self.arrays.log_p)

    def find(self, form: str) -> int:
        """The number of a word, or `UNKNOWN`."""
        encoded = form.encode()
        place, slots, ends = zlib.crc32(encoded) >> self._shift, self._slots, self._ends
        while (word := slots[place]) != EMPTY:
            if self._letters[ends[word] : ends[word + 1]] == encoded:
                return word
            place += 1
        return UNKNOWN

    def form(self, word: int) -> str:
        return str(self._letters[self._ends[word] : self._ends[word + 1]], "utf-8")

    def log_p(self, word: int) -> float:
        return self._log_p[word] if word >= 0 else self.unknown_log_p

    def log_rest(self, word: int) -> float:
        return self._log_rest[word] if word >= 0 else 0.0

    def flags(self, word: int) -> int:
        return self._flags[word] if word >= 0 else 0

    def in_catalog(self, word: int) -> bool:
        """Whether a text of the catalog has it."""
        return word >= 0 and not self._flags[word] & OUTSIDE

    def general(self, word: int) -> float:
        """The logarithm of its share of the word list; 0 where that has it not."""
        return self._general[word] if word >= 0 else 0.0
