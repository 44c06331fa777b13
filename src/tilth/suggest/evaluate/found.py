"""What suggestions and queries bring back from the catalog: each is searched for once, whoever asks."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.index import SearchIndex
from tilth.artifacts.suggester import normal_form
from tilth.stats import Estimate
from tilth.suggest.config import FilterConfig
from tilth.suggest.evaluate.measures import UNKNOWN
from tilth.suggest.evaluate.reach import Reach, retrievability
from tilth.suggest.search import find

TOP = 10
LOOKED_AT = 5
"""Results that say of which category a query is."""
SEARCHED = 20_000
"""Suggestions that are searched for, at most: the best."""


class Found:
    """Searches of an index, remembered."""

    def __init__(self, index: SearchIndex, config: FilterConfig) -> None:
        self._index, self._config = index, config
        self._categories: list[str | None] = index.items["category"].to_pylist()
        self._broad = dict[str, NDArray[np.int64]]()
        self._explores = dict[str, bool]()

    def broad(self, normal: str) -> NDArray[np.int64]:
        """Rows of the ten best items for a query, none where it brings back an item and fewer than `min_others` others:
        who types such a one knows what they look for."""
        rows = self._broad.get(normal)
        if rows is None:
            hits = find(self._index, normal, max(TOP, self._config.min_others + 1), self._config.match)
            rows = hits.rows[:TOP] if len(hits) > self._config.min_others else hits.rows[:0]
            self._broad[normal] = rows
        return rows

    def explores(self, query: str) -> bool:
        """Whether more than `min_others` items hold all words of a query: it names no single thing."""
        known = self._explores.get(query)
        if known is None:
            least = self._config.min_others + 1
            known = self._explores[query] = len(find(self._index, normal_form(query), least, 1.0)) >= least
        return known

    def category(self, normal: str) -> str | None:
        """The category of most of a query's best results, of the better ones among equals; None where there is none."""
        hits = find(self._index, normal, LOOKED_AT, self._config.match)
        named = [name for row in hits.rows.tolist() if (name := self._categories[row])]
        return Counter(named).most_common(1)[0][0] if named else None

    def reach(self, normals: Sequence[str]) -> Reach:
        """What the first `SEARCHED` of these suggestions bring back, the best first."""
        found = [rows for normal in normals[:SEARCHED] if len(rows := self.broad(normal))]
        if not found:
            return Reach(Estimate(1.0, 1.0, 1.0), UNKNOWN)
        return retrievability(found, len(self._categories))
