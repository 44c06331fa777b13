"""Which items suggestions lead to, and where they lead to none (retrievability; Azzopardi and Vinay 2008)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.artifacts.index import SearchIndex
from tilth.records import Entities
from tilth.stats import gini
from tilth.suggest.config import FilterConfig
from tilth.suggest.search import find
from tilth.suggest.words import content

TOP = 10
PROMPT_CHARS = 2_000
"""Characters of a question beside the item's text."""


@dataclass(frozen=True)
class Reach:
    """`counts` (items,): broad suggestions that have the item among their ten best results; `demand` (items,): searches
    of late for them, a search shared among its results."""

    counts: NDArray[np.int64]
    demand: NDArray[np.float64]

    @property
    def never(self) -> float:
        """Share of the items that no broad suggestion brings back."""
        return float((self.counts == 0).mean()) if len(self.counts) else 0.0

    @property
    def gini(self) -> float:
        return gini(self.counts)


def reach_of(suggestions: pa.Table, index: SearchIndex, items: Entities, config: FilterConfig) -> Reach:
    """Search for each suggestion, a table with `normal` and perhaps `popularity`, as the round trip does.

    A suggestion that brings back an item and fewer than `min_others` others names that item: who types it knows what
    they look for. Such ones make no item easier to discover, and do not count.
    """
    normals = suggestions["normal"].to_pylist()
    weights = [1.0] * len(normals)
    if "popularity" in suggestions.column_names:
        weights = [weight or 0.0 for weight in suggestions["popularity"].to_pylist()]
    counts, demand = np.zeros(len(items), np.int64), np.zeros(len(items))
    for normal, weight in zip(normals, weights, strict=True):
        hits = find(index, normal, max(TOP, config.min_others + 1), config.match)
        rows = items.rows_of(pa.array(hits.ids[:TOP], pa.string()))
        rows = rows[rows >= 0]
        if len(hits) > config.min_others:
            counts[rows] += 1
        demand[rows] += weight / max(len(rows), 1)
    return Reach(counts, demand)


@dataclass(frozen=True)
class CategoryReach:
    """`unreached` of a category's items are in no suggestion's results; `demand`: searches of late that led to it."""

    category: str
    items: int
    unreached: int
    demand: float


def by_category(reach: Reach, items: Entities) -> list[CategoryReach]:
    """Every category, the most unreached demand first: its demand times the share of its items that nothing reaches.

    Where no log says what is asked for, the most unreached items first.
    """
    names, code = np.unique(np.array(_categories(items), dtype=str), return_inverse=True)
    sizes = np.bincount(code, minlength=len(names))
    missed = np.bincount(code, reach.counts == 0, len(names)).astype(np.int64)
    asked = np.bincount(code, reach.demand, len(names))
    order = np.lexsort((-missed, -asked * missed / np.maximum(sizes, 1)))
    return [CategoryReach(str(names[at]), int(sizes[at]), int(missed[at]), float(asked[at])) for at in order.tolist()]


def unreached_items(reach: Reach, items: Entities) -> NDArray[np.int64]:
    """Rows of the items that no suggestion reaches, most demand per dollar first: the demand of an item is that of its
    category spread over its items, its cost grows with its text."""
    rows = np.flatnonzero(reach.counts == 0)
    categories = _categories(items)
    ranked = by_category(reach, items)
    worth = {one.category: one.demand / one.items for one in ranked}
    place = {one.category: at for at, one in enumerate(ranked)}
    lengths = [len(text) for text in items.texts()]

    def key(row: int) -> tuple[float, int, int]:
        category = categories[row]
        return -worth[category] / (PROMPT_CHARS + lengths[row]), place[category], row

    return np.array(sorted(rows.tolist(), key=key), np.int64)


def overlap(queries: Sequence[str], titles: Sequence[str]) -> float:
    """The mean share of a query's words (normal forms, no little ones) that stand in the title; NaN without queries."""
    shares = list[float]()
    for query, title in zip(queries, titles, strict=True):
        words = set(content(query.split()))
        if words:
            shares.append(len(words & set(title.split())) / len(words))
    return float(np.mean(shares)) if shares else float("nan")


def _categories(items: Entities) -> list[str]:
    if "category" not in items.table.column_names:
        return [""] * len(items)
    return [name or "" for name in items.table["category"].to_pylist()]
