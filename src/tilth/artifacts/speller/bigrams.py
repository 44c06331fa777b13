"""How probable a word is after another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.speller.hashing import bits_for, pair_slot, pair_slots, place_open, view
from tilth.artifacts.speller.lexicon import Lexicon

_EMPTY = (1 << 64) - 1


@dataclass(frozen=True)
class BigramArrays:
    """An open table: `keys` (first word << 32 | second), all ones where empty, and the `attraction` of the second
    to the first. `count` entries."""

    keys: NDArray[np.uint64]
    attraction: NDArray[np.float32]
    count: NDArray[np.int64]


def bigram_arrays(keys: NDArray[np.uint64], attraction: NDArray[np.float32]) -> BigramArrays:
    """The table of distinct keys."""
    bits = bits_for(2 * len(keys), high=31)
    wanted = pair_slots(keys, bits)
    order = np.argsort(wanted, kind="stable")
    places = place_open(wanted[order])
    size = max(1 << bits, int(places[-1]) + 1 if len(places) else 0) + 1
    table, values = np.full(size, _EMPTY, dtype=np.uint64), np.zeros(size, dtype=np.float32)
    table[places], values[places] = keys[order], attraction[order]
    return BigramArrays(table, values, np.array([len(keys)], dtype=np.int64))


class Language:
    """Log probabilities of words in their order.

    P(w | v) = (c(v, w) + T(v) P(w)) / (c(v) + T(v)), where T(v) is how many different words follow v (Witten and Bell
    1991, interpolated as in Chen and Goodman 1999); the builder has computed it for the pairs that were seen.
    """

    def __init__(self, lexicon: Lexicon, arrays: BigramArrays) -> None:
        self.lexicon = lexicon
        self._keys, self._attraction = view(arrays.keys), view(arrays.attraction)
        self._bits = bits_for(2 * int(arrays.count[0]), high=31)

    def attraction(self, first: int, second: int) -> float:
        """log P(second | first) - log P(second): by how much `first` makes `second` more likely than it is.

        0 where either is unknown, or there is none.
        """
        if first < 0 or second < 0:
            return 0.0
        key, keys = first << 32 | second, self._keys
        place = pair_slot(key, self._bits)
        while (found := keys[place]) != _EMPTY:
            if found == key:
                return self._attraction[place]
            place += 1
        return self.lexicon.log_rest(first)
