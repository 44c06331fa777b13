"""New items: how long they wait for their first interactions.

Items that were there before the log begins are left out: that they waited so far is known, when they stopped is not
(left truncation). Those that have not got there when it ends have waited at least so long (right censoring), which is
what the Kaplan-Meier estimate is for.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.audit.interactions.bucket import NO_TIME
from tilth.audit.interactions.earliest import Earliest, places_within
from tilth.audit.interactions.surveyed import Surveyed
from tilth.audit.interactions.whole import absent, measured
from tilth.audit.interactions.windows import DAY_US
from tilth.audit.result import GROUPS, Measure
from tilth.stats import kaplan_meier

RUN_IN = 0.1
"""An item without `created_at` counts as new if this share of the log's time had passed before its first event."""
_NAMES = ("newness.median_days_to_first", "newness.median_days_to_k", "newness.reached_k_share")


@dataclass(frozen=True)
class Births:
    """Shapes (items,). `at`: when an item came to be, `NO_TIME` where nothing tells; `dated`: `created_at` tells.

    The `created_at` of an item that has earlier events is not believed.
    """

    at: NDArray[np.int64]
    dated: NDArray[np.bool_]
    new: NDArray[np.bool_]


def births_of(created: NDArray[np.int64], surveyed: Surveyed) -> Births:
    """From `created_at` (items,), else from the first event of any kind."""
    seen = surveyed.seen
    dated = (created != NO_TIME) & ((seen == NO_TIME) | (created <= seen))
    at = np.where(dated, created, seen)
    if not surveyed.timed:
        return Births(at, dated, np.zeros(len(at), np.bool_))
    start, end = surveyed.start, surveyed.end
    after = np.where(dated, start, start + int(RUN_IN * (end - start)))
    return Births(at, dated, (at != NO_TIME) & (at > after) & (at <= end))


@dataclass(frozen=True)
class Waits:
    """What new items waited, shapes (new items,): days until the first and until the `k`th interaction, or, where
    `any` or `reached` is false, until the log's end."""

    item: NDArray[np.int64]
    dated: NDArray[np.bool_]
    to_first: NDArray[np.float64]
    any: NDArray[np.bool_]
    to_k: NDArray[np.float64]
    reached: NDArray[np.bool_]

    def medians(self, among: NDArray[np.bool_] | None = None) -> tuple[float, float]:
        """Kaplan-Meier medians until the first (of dated items: the others are known by their first event) and until
        the kth interaction."""
        chosen = np.ones(len(self.item), np.bool_) if among is None else among
        first = chosen & self.dated
        return (
            kaplan_meier(self.to_first[first], self.any[first]).median,
            kaplan_meier(self.to_k[chosen], self.reached[chosen]).median,
        )


class Watch:
    """The first 2k interactions of each new item in a table, so that what is left without a group can be told.

    Should more than half of the first 2k come from one group, the time of the last of them stands for the kth of the
    rest, which is later.
    """

    def __init__(self, births: Births, early: Earliest, k: int, end: int) -> None:
        self._k, self._births, self._end = k, births, end
        self._item = np.flatnonzero(births.new)
        row, place = np.searchsorted(self._item, early.item), places_within(early.item)
        self._ts = np.full((len(self._item), 2 * k), NO_TIME, np.int64)
        self._group = np.full((len(self._item), 2 * k), -1, np.int8)
        self._ts[row, place], self._group[row, place] = early.ts, early.group

    def waits(self, without: int | None = None) -> Waits:
        """Of all users, or without a group of them."""
        there = self._group >= 0
        full = there[:, -1]
        kept = there & (self._group != (-1 if without is None else without))
        count = np.cumsum(kept, axis=1, dtype=np.int16)
        to_first, some = self._until(count, 1, full)
        to_k, reached = self._until(count, self._k, full)
        return Waits(self._item, self._births.dated[self._item], to_first, some, to_k, reached)

    def _until(
        self, count: NDArray[np.int16], k: int, full: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        there = count >= k
        reached = there[:, -1] | full
        place = np.where(there[:, -1], there.argmax(axis=1), count.shape[1] - 1)
        at = np.where(reached, self._ts[np.arange(len(place)), place], self._end)
        return (at - self._births.at[self._item]) / DAY_US, reached


def measure_newness(watch: Watch, *, timed: bool) -> list[Measure]:
    """The `newness.*` measures."""
    whole = watch.waits()
    new, dated = len(whole.item), int(whole.dated.sum())
    if not new:
        return [
            absent(name, "no items came up while the log ran" if timed else "no times are logged") for name in _NAMES
        ]
    rows = list[tuple[float, float, float]]()
    for group in (None, *range(GROUPS)):
        waits = watch.waits(group)
        rows.append((*waits.medians(), float(waits.reached.mean())))
    values = np.array(rows)
    note = "" if dated == new else f"{new - dated} of them are dated by their first event, as they have no created_at"
    first = measured(_NAMES[0], values[:, 0], dated, note="of items with a created_at")
    return [
        first if dated else absent(_NAMES[0], "new items have no created_at to wait from"),
        measured(_NAMES[1], values[:, 1], new, note=note),
        measured(_NAMES[2], values[:, 2], new, note=note),
    ]
