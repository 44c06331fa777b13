"""How much each user did, and how full the matrix of users and items is."""

import numpy as np
from numpy.typing import NDArray

from tilth.audit.interactions.collected import Collected
from tilth.audit.interactions.whole import absent, measured, without_each
from tilth.audit.result import Measure
from tilth.stats._checks import ratio

_USERS = "users with an interaction, on unknown items too"


def activity_levels(collected: Collected) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of interactions, (levels,), and how many users of each group did so many, (GROUPS, levels)."""
    levels = np.unique(np.concatenate([level for level, _ in collected.activity]))
    users = np.zeros((len(collected.activity), len(levels)), np.int64)
    for group, (level, count) in enumerate(collected.activity):
        users[group, np.searchsorted(levels, level)] = count
    return levels, users


def measure_activity(collected: Collected, items: int) -> list[Measure]:
    """`users.*` and `matrix.density`."""
    levels, users = activity_levels(collected)
    if not len(levels):
        names = ("users.median_events", "users.single_share", "matrix.density")
        return [absent(name, "the log has no interactions") for name in names]
    counts = without_each(users)
    single = counts[:, levels == 1].sum(axis=1)
    medians = [median_level(levels, row) for row in counts]
    people = without_each(collected.people)
    total = int(people[0, 0])
    return [
        measured("users.median_events", medians, total, note=_USERS),
        measured("users.single_share", ratio(single, counts.sum(axis=1)), total, note=_USERS),
        measured("matrix.density", ratio(people[:, 2], people[:, 1] * items), int(people[0, 1]) * items),
    ]


def median_level(levels: NDArray[np.int64], counts: NDArray[np.float64]) -> float:
    """The median of values of which there are `counts` each; NaN of none."""
    total = counts.sum()
    if not total:
        return float("nan")
    up_to = np.cumsum(counts)
    low, high = np.searchsorted(up_to, [(total - 1) // 2, total // 2], side="right")
    return float(levels[low] + levels[high]) / 2
