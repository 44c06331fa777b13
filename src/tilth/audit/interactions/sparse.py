"""Counts by key, where most keys have none."""

import numpy as np
from numpy.typing import NDArray

_PENDING = 4_000_000


class SparseCounts:
    """Adds up counts by key in memory that is bounded by the keys that occur, not by those that could."""

    def __init__(self) -> None:
        self._keys, self._counts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        self._held = 0

    def add(self, keys: NDArray[np.int64]) -> None:
        """Count each key once for each time that it stands there."""
        self.add_counts(*np.unique(keys, return_counts=True))

    def add_counts(self, keys: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
        """Add counts, each to its key; both of one shape."""
        self._keys.append(keys)
        self._counts.append(counts)
        self._held += len(keys)
        if self._held > _PENDING + 2 * len(self._keys[0]):
            self.sums()

    def sums(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All keys, ascending, and their counts; both of one shape."""
        keys, place = np.unique(np.concatenate(self._keys), return_inverse=True)
        counts = np.bincount(place, np.concatenate(self._counts).astype(np.float64), len(keys)).astype(np.int64)
        self._keys, self._counts, self._held = [keys], [counts], len(keys)
        return keys, counts
