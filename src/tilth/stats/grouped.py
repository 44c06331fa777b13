"""Numbers of groups, given to each of their members."""

import numpy as np
from numpy.typing import NDArray


def mean_of_group(value: NDArray[np.float64], group: NDArray[np.int64]) -> NDArray[np.float64]:
    """The mean of the values of each one's group, shape (values,). Groups are numbered 0, 1, ..., not all need occur.

    Without rounding where a group's values are all the same, so that none of them lies above.
    """
    order = np.argsort(group, kind="stable")
    sorted_value, sorted_group = value[order], group[order]
    starts = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]])
    sizes = np.diff(np.r_[starts, len(value)])
    low = np.minimum.reduceat(sorted_value, starts)
    means = low + np.add.reduceat(sorted_value - np.repeat(low, sizes), starts) / sizes
    spread = np.empty(len(value))
    spread[order] = np.repeat(means, sizes)
    return spread
