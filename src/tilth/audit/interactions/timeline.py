"""When a bucket's users did what, and in which categories."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.audit.interactions.bucket import UserBucket
from tilth.audit.interactions.plan import Shared
from tilth.audit.interactions.rows import users_of
from tilth.audit.interactions.windows import windows_of

_CELLS = 20_000_000  # of a table of users by windows, a byte each


def timeline(
    bucket: UserBucket,
    interaction: NDArray[np.bool_],
    shared: Shared,
    edges: NDArray[np.int64],
    categories: int,
) -> dict[str, NDArray[Any]]:
    """Arrays, of interactions only:

    window_events, window_users: of each window, unknown items included; shape (windows,).
    cell, cell_events: how many fell on window * items + item, where any did; one shape.
    heat: by category and window, shape (categories, windows).
    category_users: distinct users of each category, shape (categories,).
    """
    items, windows = len(shared.category), max(len(edges) - 1, 0)
    user, item = bucket.user[interaction], bucket.item[interaction]
    known = item >= 0
    category = shared.category[item[known]].astype(np.int64)
    found = {"category_users": distinct_users(user[known], category, users_of(bucket), categories)}
    if not windows:
        return found
    window = windows_of(bucket.ts[interaction], edges)
    timed = window >= 0
    cell, cell_events = np.unique(window[timed & known] * items + item[timed & known], return_counts=True)
    heat = np.bincount(shared.category[cell % items] * windows + cell // items, cell_events, categories * windows)
    return {
        **found,
        "window_events": np.bincount(window[timed], minlength=windows),
        "window_users": distinct_users(user[timed], window[timed], users_of(bucket), windows),
        "cell": cell,
        "cell_events": cell_events,
        "heat": heat.astype(np.int64).reshape(categories, windows),
    }


def distinct_users(
    user: NDArray[np.int64], place: NDArray[np.int64], users: int, places: int, *, cells: int = _CELLS
) -> NDArray[np.int64]:
    """How many different users each place has, shape (places,); `user` ascends. At most `cells` are marked at once, or
    one user's."""
    counts = np.zeros(places, np.int64)
    step = max(cells // max(places, 1), 1)
    for start in range(0, users, step):
        rows = slice(*np.searchsorted(user, [start, start + step]))
        there = np.zeros((min(step, users - start), places), np.bool_)
        there[user[rows] - start, place[rows]] = True
        counts += there.sum(axis=0)
    return counts
