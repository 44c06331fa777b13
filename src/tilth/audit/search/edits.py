"""Whether two words lie within a few typing errors of each other."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

MOST_EDITS = 2
"""That are ever allowed."""


def within_edits(one: str, other: str, most: int) -> bool:
    """Whether at most `most` edits lead from one word to the other.

    An edit inserts, deletes or replaces a character or swaps two neighbours; no stretch is edited twice (optimal
    string alignment, Damerau 1964). Time: len(one) * (2 * most + 1).
    """
    if abs(len(one) - len(other)) > most:
        return False
    far = most + 1
    before, row = [far] * (len(other) + 1), [min(place, far) for place in range(len(other) + 1)]
    for i, char in enumerate(one, start=1):
        before, last, row = row, before, [min(i, far)] + [far] * len(other)
        for j in range(max(1, i - most), min(len(other), i + most) + 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other[j - 1]))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, last[j - 2] + 1)
            row[j] = min(best, far)
        if min(row) > most:
            return False
    return row[-1] <= most


def edits_allowed(characters: int) -> int:
    """How many typing errors a word or query of that length may have and still be taken for another: short ones
    meet others by chance."""
    return 0 if characters < 4 else 1 if characters < 8 else MOST_EDITS


def letters_of(texts: pa.Array) -> NDArray[np.uint64]:
    """A bit for each character, modulo 64, that a text has; shape (texts,). None of the texts is empty."""
    lengths = np.asarray(pc.utf8_length(texts), np.int64)
    if not len(lengths):
        return np.zeros(0, np.uint64)
    signs = np.frombuffer("".join(texts.to_pylist()).encode("utf-32-le"), "<u4")
    return np.bitwise_or.reduceat(np.uint64(1) << (signs & 63).astype(np.uint64), np.cumsum(lengths) - lengths)


def may_be_within_edits(
    lengths: NDArray[np.int64], letters: NDArray[np.uint64], one: NDArray[np.integer], other: NDArray[np.integer]
) -> NDArray[np.bool_]:
    """Which pairs of texts may lie within MOST_EDITS, shape (pairs,); a quick look that never wrongly says no.

    An edit changes the length by one at most, takes away one character at most and adds one at most.
    """
    differing = letters[one] ^ letters[other]
    for _ in range(2 * MOST_EDITS):  # each round clears the lowest bit
        differing &= differing - (differing > 0).astype(np.uint64)
    return (differing == 0) & (np.abs(lengths[one] - lengths[other]) <= MOST_EDITS)
