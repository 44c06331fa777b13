"""A number of the whole log, and the same without each group of users in turn.

By convention such numbers stand in one array: the first along its first axis is the whole, then come the GROUPS others.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tilth.audit.result import Measure


def without_each(by_group: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Of sums by group, shape (GROUPS, ...): the whole and without each group, shape (GROUPS + 1, ...)."""
    total = by_group.sum(axis=0)
    return np.concatenate([total[None], total[None] - by_group]).astype(np.float64)


def measured(name: str, values: ArrayLike, n: int, *, where: str = "", note: str = "") -> Measure:
    """A measure from the whole and its replicates, shape (1,) or (GROUPS + 1,).

    NaN becomes no value; where a replicate is NaN there are none, as no interval can come of them.
    """
    array = np.asarray(values, np.float64)
    whole = float(array[0])
    if np.isnan(whole):
        return Measure(name, None, n, where=where, note=note)
    replicates = array[1:]
    usable = bool(np.isfinite(replicates).all())
    return Measure(name, whole, n, tuple(replicates.tolist()) if usable else (), where, note=note)


def absent(name: str, note: str) -> Measure:
    """A measure that cannot be had, and why."""
    return Measure(name, None, 0, note=note)
