"""What the second job found, of all buckets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.interactions.earliest import Earliest
from tilth.audit.interactions.plan import Plan
from tilth.audit.interactions.sparse import SparseCounts
from tilth.audit.result import GROUPS
from tilth.audit.wire import unpack_arrays

MOST_CELLS = 100_000_000
"""Of the table of windows by items, 4 bytes each; where there are more, windows go without what needs it."""

Reduced = Mapping[str, tuple[Mapping[str, NDArray[Any]], ...]]


@dataclass(frozen=True)
class Collected:
    people: NDArray[np.int64]
    """Users with an interaction, users with one on a known item, distinct pairs; shape (GROUPS, 3)."""
    activity: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]
    """By group: numbers of interactions, ascending, and how many users have so many."""
    item_users: NDArray[np.int64]
    """Distinct users with an interaction, shape (items,)."""
    audience: NDArray[np.int64]
    """As `taste` says, by the group of the users; shape (GROUPS, 4)."""
    popularity: NDArray[np.float64]
    """Shape (GROUPS of users, 3, GROUPS of popularity)."""
    tail: NDArray[np.float64]
    """Shape (GROUPS, 2, GROUPS + 1)."""
    category_users: NDArray[np.int64]
    heat: NDArray[np.int64]
    """Shape (categories, windows)."""
    window_events: NDArray[np.int64]
    window_users: NDArray[np.int64]
    window_items: NDArray[np.int32] | None
    """Interactions by window and item, shape (windows, items); None where that is too much to hold."""
    early: Earliest
    giants: tuple[tuple[int, int], ...]
    """Hash and events of each user who has too many, most first."""
    duplicates: int
    reduced: Reduced


class Collector:
    """Adds up the buckets' results, in their order."""

    def __init__(self, plan: Plan, items: int, reducers: tuple[str, ...]) -> None:
        windows = plan.windows
        self._people, self._audience = np.zeros((GROUPS, 3), np.int64), np.zeros((GROUPS, 4), np.int64)
        self._popularity, self._tail = np.zeros((GROUPS, 3, GROUPS)), np.zeros((GROUPS, 2, GROUPS + 1))
        self._levels = tuple(SparseCounts() for _ in range(GROUPS))
        self._item_users = np.zeros(items, np.int64)
        self._category_users = np.zeros(plan.categories, np.int64)
        self._heat = np.zeros((plan.categories, windows), np.int64)
        self._window_events, self._window_users = np.zeros(windows, np.int64), np.zeros(windows, np.int64)
        fits = windows * items <= MOST_CELLS
        self._window_items = np.zeros((windows, items), np.int32) if fits else None
        self._early = Earliest(2 * plan.config.first_k)
        self._giants = list[tuple[int, int]]()
        self._duplicates = 0
        self._reduced: dict[str, list[Mapping[str, NDArray[Any]]]] = {name: [] for name in reducers}

    def add(self, result: pa.Table) -> None:
        arrays = unpack_arrays(result)
        group = int(arrays["group"])
        self._people[group] += arrays["people"]
        self._audience[group] += arrays["audience"]
        self._popularity[group] += arrays["popularity"]
        self._tail[group] += arrays["tail"]
        self._levels[group].add_counts(arrays["level"], arrays["level_users"])
        self._item_users[arrays["item"]] += arrays["item_users"]
        self._category_users += arrays["category_users"]
        self._giants += zip(arrays["giant"].tolist(), arrays["giant_events"].tolist(), strict=True)
        self._duplicates += int(arrays["duplicates"])
        self._early.add(arrays["early_item"], arrays["early_ts"], group)
        if "heat" in arrays:
            self._add_windows(arrays)
        for name, parts in self._reduced.items():
            start = f"{name}/"
            # Copied, as they are parts of a result that is large.
            part = {key.removeprefix(start): array.copy() for key, array in arrays.items() if key.startswith(start)}
            parts.append(part)

    def collected(self) -> Collected:
        self._early.settle()
        return Collected(
            people=self._people,
            activity=tuple(level.sums() for level in self._levels),
            item_users=self._item_users,
            audience=self._audience,
            popularity=self._popularity,
            tail=self._tail,
            category_users=self._category_users,
            heat=self._heat,
            window_events=self._window_events,
            window_users=self._window_users,
            window_items=self._window_items,
            early=self._early,
            giants=tuple(sorted(self._giants, key=lambda giant: (-giant[1], giant[0]))),
            duplicates=self._duplicates,
            reduced={name: tuple(parts) for name, parts in self._reduced.items()},
        )

    def _add_windows(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._heat += arrays["heat"]
        self._window_events += arrays["window_events"]
        self._window_users += arrays["window_users"]
        if self._window_items is not None:
            # No cell comes twice in one bucket.
            self._window_items.reshape(-1)[arrays["cell"]] += arrays["cell_events"].astype(np.int32)
