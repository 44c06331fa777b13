"""Hash tables that are written once with numpy and read from mapped files.

Two kinds. An *open* table holds one entry a slot, an entry that finds its slot taken goes to the next free one (linear
probing, Knuth volume 3, section 6.4). A *bucketed* one holds all entries of a bucket side by side.
"""

from functools import cache
from itertools import combinations
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

EMPTY = 0xFFFFFFFF
PREFIX = 7
"""Deletes are taken from the first letters only (Garbe's symmetric deletes with a prefix): far fewer entries."""

_BASE = 0x9E3779B97F4A7C15
_MIX = 0xD6E8FEB86659FD93
_WORD = (1 << 64) - 1

Hashes = NDArray[np.uint64]


def view(array: NDArray[Any]) -> Any:
    """The array as a memory view: reading single numbers from it takes a fraction of the time."""
    return memoryview(cast(Any, array))


def deletions(length: int) -> int:
    """How many letters of a word of that length may be wrong."""
    return 2 if length > 4 else 1


def bits_for(entries: int, *, low: int = 4, high: int = 25) -> int:
    """Bits of a table with at least as many slots as entries, within bounds."""
    return min(max(int(max(entries, 1) - 1).bit_length(), low), high)


def place_open(slots: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each entry goes, given the slot that it wants, sorted ascending; shape as `slots`.

    Entry i goes to the first free place from its slot on, which is i + max over j <= i of (slot j - j). Nothing wraps
    around: the table needs room behind its last slot, and one place more that stays empty.
    """
    order = np.arange(len(slots))
    return order + np.maximum.accumulate(slots - order)


def pair_slot(key: int, bits: int) -> int:
    """The slot that a pair of numbers, as one of 64 bits, wants."""
    return ((key * _BASE) & _WORD) >> (64 - bits)


def pair_slots(keys: Hashes, bits: int) -> NDArray[np.int64]:
    """`pair_slot` of many."""
    return ((keys * np.uint64(_BASE)) >> np.uint64(64 - bits)).astype(np.int64)


@cache
def weights(length: int, deleted: int) -> Hashes:
    """Weights (patterns, length) whose product with the letters' codes is the hash of each way to delete up to
    `deleted` of them: letter j counts code * base^r, where r is its place among those that are left."""
    kept = [
        [place for place in range(length) if place not in gone]
        for count in range(min(deleted, length) + 1)
        for gone in combinations(range(length), count)
    ]
    out = np.zeros((len(kept), length), dtype=np.uint64)
    for row, places in enumerate(kept):
        for rank, place in enumerate(places):
            out[row, place] = pow(_BASE, rank + 1, 1 << 64)
    return out


def buckets(raw: Hashes, bits: int) -> Hashes:
    """From hashes to bucket numbers, in place."""
    raw ^= raw >> np.uint64(29)
    raw *= np.uint64(_MIX)
    raw >>= np.uint64(64 - bits)
    return raw
