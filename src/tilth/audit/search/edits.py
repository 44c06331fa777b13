"""Which of many pairs of words may lie within a few typing errors of each other."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.text import MOST_EDITS


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
