"""Supply without demand: categories whose items hardly anybody asks for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.audit.search.nearest import Found

TENTH = 0.1
_EVEN = 1e-9


@dataclass(frozen=True)
class Demand:
    """Where each query's demand goes: `share[i]` of query `query[i]` to category `category[i]`."""

    query: NDArray[np.int64]
    category: NDArray[np.integer]
    share: NDArray[np.float64]

    def by_category(self, searches: NDArray[np.float64], categories: int) -> NDArray[np.float64]:
        """Searches of each category, from those of each query, shape (queries, ...): shape (categories, ...)."""
        out = np.zeros((categories, *searches.shape[1:]))
        np.add.at(out, self.category, (searches[self.query].T * self.share).T)
        return out


def demand_of(found: Found, category: NDArray[np.integer], met: NDArray[np.bool_]) -> Demand:
    """Each query that is met (queries,) is split evenly over those of its results that cover the most of it, and so
    over their categories; `category` is the one of each item, shape (items,)."""
    query = found.query
    best = (found.cover >= found.nearest[query] - _EVEN) & met[query]
    tied = np.bincount(query[best], minlength=len(met))
    return Demand(query[best], category[found.rows[best]], 1 / tied[query[best]])


def unasked(sizes: NDArray[np.int64], demand: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Categories whose share of the demand is less than a tenth of their share of the items; shape (categories, ...)
    like `demand`, `sizes` of shape (categories,)."""
    shares = demand / np.maximum(demand.sum(0), np.finfo(float).tiny)
    supply = sizes / max(sizes.sum(), 1)
    return (TENTH * supply > shares.T).T
