"""The first interactions of new items."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.audit.interactions.bucket import NO_TIME, UserBucket
from tilth.audit.interactions.plan import Shared

_PENDING = 4_000_000


def earliest(bucket: UserBucket, interaction: NDArray[np.bool_], shared: Shared, most: int) -> dict[str, NDArray[Any]]:
    """Arrays `early_item` and `early_ts`, of one shape: the `most` first interactions of each new item."""
    rows = np.flatnonzero(interaction & (bucket.ts != NO_TIME) & (bucket.item >= 0))
    rows = rows[shared.new[bucket.item[rows]]]
    item, ts = bucket.item[rows], bucket.ts[rows]
    order = first_of(item, ts, most)
    return {"early_item": item[order], "early_ts": ts[order]}


def first_of(item: NDArray[np.int32], ts: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """The places of the `most` earliest of each item, sorted by item and time."""
    order = np.lexsort((ts, item))
    return order[places_within(item[order]) < most]


def places_within(items: NDArray[np.int32]) -> NDArray[np.int64]:
    """0, 1, ... within each run of equal items, shape (len(items),)."""
    starts = np.ones(len(items), np.bool_)
    starts[1:] = items[1:] != items[:-1]
    at = np.arange(len(items))
    return at - np.maximum.accumulate(np.where(starts, at, 0))


class Earliest:
    """Keeps the first `most` interactions of each new item, with the group of who did it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.item, self.ts, self.group = np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int8)
        self._pending = list[tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int8]]]()
        self._rows = 0

    def add(self, item: NDArray[np.int32], ts: NDArray[np.int64], group: int) -> None:
        self._pending.append((item, ts, np.full(len(item), group, np.int8)))
        self._rows += len(item)
        if self._rows > _PENDING + len(self.item):
            self.settle()

    def settle(self) -> None:
        """Bring `item`, `ts` and `group` up to date: one shape, sorted by item and time."""
        pieces = [(self.item, self.ts, self.group), *self._pending]
        self._pending, self._rows = [], 0
        item, ts, group = (np.concatenate(column) for column in zip(*pieces, strict=True))
        order = first_of(item, ts, self._most)
        self.item, self.ts, self.group = item[order], ts[order], group[order]
