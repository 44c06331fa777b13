"""Prefixes that many suggestions share, and the best suggestions under each: those that say the same count once."""

from collections.abc import Collection, Iterable, Sequence
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
    """`ranges` (h, 2): first row and the one behind the last; `tops` (h, LISTED): best rows, best first, no two of one
    form; -1 behind the last where there are fewer."""

    prefixes: list[bytes]
    ranges: NDArray[np.int64]
    tops: NDArray[np.int32]


def find_heavy(keys: Sequence[bytes], scores: NDArray[np.float32], forms: NDArray[np.uint32]) -> Heavy:
    """The prefixes shared by at least MANY of the sorted keys. `forms` (n,): equal where two say the same."""
    shared = _shared_bytes(keys)
    lengths = np.fromiter((min(len(key), DEPTH) for key in keys), np.int64, len(keys))
    prefixes, ranges, tops = list[bytes](), list[tuple[int, int]](), list[list[int]]()
    parents = [(0, len(keys))] if len(keys) >= MANY else []
    for depth in range(DEPTH + 1):
        below = list[tuple[int, int]]()
        for low, high in parents:
            prefixes.append(keys[low][:depth])
            ranges.append((low, high))
            best = best_distinct(range(low, high), scores[low:high], forms[low:high], LISTED)
            tops.append(best + [-1] * (LISTED - len(best)))
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


def best_distinct(
    rows: Sequence[int],
    scores: NDArray[np.float32],
    forms: NDArray[np.uint32],
    k: int,
    hidden: Collection[int] = (),
) -> list[int]:
    """The `k` of the `rows` with the highest of their `scores`, best first, ties in the order of the rows: of each form
    the first, none of those `hidden`."""
    wanted = 2 * k
    while True:
        places = best_places(scores, wanted)
        some = ((rows[place], form) for place, form in zip(places.tolist(), forms[places].tolist(), strict=True))
        found = distinct((one for one in some if one[0] not in hidden), k)
        if len(found) == k or wanted >= len(scores):
            return found
        wanted = 4 * wanted + 1


def distinct(rows: Iterable[tuple[int, int]], k: int) -> list[int]:
    """The first `k` of these rows, each with its form, of each form the first."""
    found = dict[int, int]()
    for row, form in rows:
        if form not in found:
            if len(found) == k:
                break
            found[form] = row
    return list(found.values())


def best_places(values: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Where the `k` highest values are, best first, ties in the order of the places."""
    if k >= len(values):
        return np.argsort(-values, kind="stable")
    cut = np.partition(values, len(values) - k)[len(values) - k]
    above = np.flatnonzero(values > cut)
    equal = np.flatnonzero(values == cut)[: k - len(above)]
    places = np.sort(np.concatenate([above, equal]))
    return places[np.argsort(-values[places], kind="stable")]


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
