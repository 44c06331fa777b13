"""How interactions are spread over the items of the catalog."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tilth.audit.categories import Categories
from tilth.audit.interactions.whole import absent, measured
from tilth.audit.result import Measure
from tilth.stats.concentration import gini_sorted, head_share_sorted

BANDS = ("0", "1", "2-10", ">10")
_STARTS = np.array([1, 2, 11])
_HEADS = {1: 0.01, 5: 0.05, 20: 0.2}
_NAMES = (
    *(f"items.{name}_share" for name in ("cold", "one", "few", "many")),
    "items.coverage",
    "items.gini",
    *(f"items.head_share_{percent}" for percent in _HEADS),
)
_NOTE = "of all items of the catalog"


def band_of(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Index into `BANDS` of each count."""
    return np.searchsorted(_STARTS, counts, side="right")


def leaving_out(events: NDArray[np.int32]) -> Iterator[NDArray[np.int64]]:
    """Counts of each item, shape (items,): of the whole log, then without each group of `events` (GROUPS, items).

    One at a time, since all of them at once would be twice what is held already.
    """
    total = events.sum(axis=0, dtype=np.int64)
    yield total
    for group in events:
        yield total - group


def measure_spread(events: NDArray[np.int32], categories: Categories) -> list[Measure]:
    """The `items.*` measures, `items.cold_share` of each category too.

    Where users' activity is skewed (log-normal, simulated), 95 % intervals of Gini and head shares hold their level;
    those of the shares of items by count, which is no smooth function of the users, are 1.3 to 1.8 times as wide as
    need be, and may reach beyond 0 and 1.
    """
    items = events.shape[1]
    if not items:
        return [absent(name, "the catalog has no items") for name in _NAMES]
    sizes = np.bincount(categories.of_item, minlength=len(categories.names))
    whole, cold = list[list[float]](), list[NDArray[np.float64]]()
    for counts in leaving_out(events):
        whole.append(_values(counts))
        idle = np.bincount(categories.of_item[counts == 0], minlength=len(sizes))
        cold.append(idle / np.maximum(sizes, 1))
    values, by_category = np.array(whole), np.array(cold)
    measures = [measured(name, values[:, at], items, note=_NOTE) for at, name in enumerate(_NAMES)]
    if categories.known:
        measures += [
            measured("items.cold_share", by_category[:, at], int(sizes[at]), where=name)
            for at, name in enumerate(categories.names)
        ]
    return measures


def _values(counts: NDArray[np.int64]) -> list[float]:
    """In the order of `_NAMES`."""
    bands = np.bincount(band_of(counts), minlength=len(BANDS)) / len(counts)
    ascending = np.sort(counts).astype(np.float64)
    heads = [head_share_sorted(ascending, share) for share in _HEADS.values()]
    return [*bands.tolist(), float(1 - bands[0]), gini_sorted(ascending), *heads]
