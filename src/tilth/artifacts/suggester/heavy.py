"""Prefixes that many suggestions share, and the best suggestions under each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MANY = 64
"""From so many suggestions on, the best ones under a prefix are listed."""
LISTED = 24
DEPTH = 40
"""Bytes of a key that are looked at; fewer than MANY share more than these, or they are found one by one."""
ROWS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Heavy:
    """`ranges` (h, 2): first row and the one behind the last; `tops` (h, LISTED): best rows, best first."""

    prefixes: list[bytes]
    ranges: NDArray[np.int64]
    tops: NDArray[np.int32]


def find_heavy(keys: Sequence[bytes], scores: NDArray[np.float32]) -> Heavy:
    """The prefixes shared by at least MANY of the sorted keys."""
    shared = _shared_bytes(keys)
    lengths = np.fromiter((min(len(key), DEPTH) for key in keys), np.int64, len(keys))
    prefixes, ranges, tops = list[bytes](), list[tuple[int, int]](), list[NDArray[np.int64]]()
    parents = [(0, len(keys))] if len(keys) >= MANY else []
    for depth in range(DEPTH + 1):
        below = list[tuple[int, int]]()
        for low, high in parents:
            prefixes.append(keys[low][:depth])
            ranges.append((low, high))
            tops.append(best_rows(scores, low, high, LISTED))
            if depth < DEPTH:
                below.extend(_children(shared, lengths, low, high, depth + 1))
        parents = below
    listed = np.array(tops, dtype=np.int32).reshape(-1, LISTED)
    return Heavy(prefixes, np.array(ranges, dtype=np.int64).reshape(-1, 2), listed)


def _children(
    shared: NDArray[np.uint8], lengths: NDArray[np.int64], low: int, high: int, depth: int
) -> list[tuple[int, int]]:
    """Ranges within low..high of keys that share `depth` bytes, those of MANY and more."""
    cuts = low + 1 + np.flatnonzero(shared[low + 1 : high] < depth)
    edges = np.concatenate([[low], cuts, [high]])
    big = np.flatnonzero(np.diff(edges) >= MANY)
    # A key that is no longer than the parent's prefix stands alone at its start.
    return [(int(edges[i]), int(edges[i + 1])) for i in big if lengths[edges[i]] >= depth]


def best_rows(scores: NDArray[np.float32], low: int, high: int, k: int) -> NDArray[np.int64]:
    """Rows of the `k` highest scores in low..high, best first, ties in the order of the rows."""
    values = scores[low:high]
    if k >= len(values):
        return low + np.argsort(-values, kind="stable")
    cut = np.partition(values, len(values) - k)[len(values) - k]
    above = np.flatnonzero(values > cut)
    equal = np.flatnonzero(values == cut)[: k - len(above)]
    rows = np.sort(np.concatenate([above, equal]))
    return low + rows[np.argsort(-values[rows], kind="stable")]


def _shared_bytes(keys: Sequence[bytes]) -> NDArray[np.uint8]:
    """How many bytes each key shares with the one before it, at most DEPTH; 0 for the first: (n,)."""
    shared = np.zeros(len(keys), dtype=np.uint8)
    for start in range(1, len(keys), ROWS_AT_ONCE):
        piece = [key[:DEPTH] for key in keys[start - 1 : start + ROWS_AT_ONCE]]
        # Zero bytes fill up short keys: a key never contains one.
        letters = np.array(piece, dtype=f"S{DEPTH}").view(np.uint8).reshape(len(piece), DEPTH)
        same = np.ones(len(piece) - 1, dtype=bool)
        count = np.zeros(len(piece) - 1, dtype=np.uint8)
        for place in range(DEPTH):
            same &= (letters[1:, place] == letters[:-1, place]) & (letters[1:, place] != 0)
            if not same.any():
                break
            count += same
        shared[start : start + len(count)] = count
    return shared
