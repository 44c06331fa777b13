"""The short head of the popular items, and the long tail that is left."""

import numpy as np
from numpy.typing import NDArray

from tilth.stats.concentration import head_size


def long_tail(popularity: NDArray[np.int64], share: float) -> NDArray[np.bool_]:
    """Which items are not among the `share` of items with the most interactions; shapes (items,).

    The head has ceil(share * items) items (Abdollahpouri, Burke and Mobasher 2019 take a fifth); of items that are
    equally popular those that stand first in the catalog come into it.
    """
    size = head_size(len(popularity), share)
    if not size:
        return np.ones(len(popularity), np.bool_)
    least = np.partition(popularity, len(popularity) - size)[len(popularity) - size]
    head = popularity > least
    head[np.flatnonzero(popularity == least)[: size - int(head.sum())]] = True
    return ~head
