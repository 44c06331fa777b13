"""How often two words stand in one text, against how often they would by chance."""

from bisect import bisect_left
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.speller.hashing import Hashes, view
from tilth.artifacts.speller.lexicon import Lexicon

REACH = 10
"""Words of one text count as together up to so many words apart."""
_DAMP = 0.3
"""Added to both what was counted and what chance gives, so that little evidence says little."""


@dataclass(frozen=True)
class TogetherArrays:
    """n words. The row of word w, `others[starts[w]:starts[w + 1]]`, has those of smaller number (more frequent ones)
    that were seen with it, ascending, and `times` how often. `total` (1,) counts all pairs that were seen."""

    starts: NDArray[np.int64]
    others: NDArray[np.uint32]
    times: NDArray[np.float32]
    total: NDArray[np.float64]


def together_arrays(size: int, keys: Hashes, times: NDArray[np.float64], total: float) -> TogetherArrays:
    """The rows of `size` words, from distinct keys (larger number << 32 | smaller number)."""
    order = np.argsort(keys)
    filled = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=size)
    return TogetherArrays(
        starts=np.concatenate([[0], np.cumsum(filled)]).astype(np.int64),
        others=(keys[order] & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        times=times[order].astype(np.float32),
        total=np.array([total], dtype=np.float64),
    )


class Together:
    """Looks pairs up."""

    def __init__(self, lexicon: Lexicon, arrays: TogetherArrays) -> None:
        self._lexicon = lexicon
        self._starts, self._others, self._times = view(arrays.starts), view(arrays.others), view(arrays.times)
        self._twice = 2.0 * float(arrays.total[0])

    def attraction(self, one: int, other: int) -> float:
        """log((times seen together + 0.3) / (times by chance + 0.3)): pointwise mutual information (Church and Hanks
        1990), damped. 0 where either is unknown, or both are one word."""
        if one < 0 or other < 0 or one == other:
            return 0.0
        if one < other:
            one, other = other, one
        end = self._starts[one + 1]
        place = bisect_left(self._others, other, self._starts[one], end)
        times = self._times[place] if place < end and self._others[place] == other else 0.0
        chance = self._twice * exp(self._lexicon.log_p(one) + self._lexicon.log_p(other))
        return log((times + _DAMP) / (chance + _DAMP))
