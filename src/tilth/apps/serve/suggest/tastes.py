"""Which categories a known context leans to, from its own words."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache

from tilth.artifacts import StoredSide
from tilth.artifacts.index import SearchIndex

KNOWN = 10_000
"""Contexts whose categories are remembered."""
LOOKED_AT = 20
NEAR = 0.5
"""Items of less than this share of the best one's score have a common word or two, and say nothing."""
WORDS = 500
"""Characters of a context's text that are searched for."""
NOTHING: Mapping[str, float] = {}

Tastes = Callable[[str], Mapping[str, float]]
"""The id of a context -> what to add to scores of suggestions, by category; nothing for one that is unknown."""


def tastes_of(index: SearchIndex | None, contexts: StoredSide | None, weight: float) -> Tastes:
    """By category its share of the best items for the context's words, times the weight. Safe from any thread."""
    if index is None or contexts is None or weight <= 0:
        return lambda _: NOTHING
    table, categories = contexts.prepared.entities.table, index.items["category"]

    @lru_cache(KNOWN)
    def boosts(row: int) -> Mapping[str, float]:
        words = f"{table['title'][row].as_py() or ''} {(table['text'][row].as_py() or '')[:WORDS]}"
        hits = index.search(words, LOOKED_AT)
        shares = Counter[str]()
        for place, score in zip(hits.rows.tolist(), hits.scores.tolist(), strict=True):
            if score >= NEAR * hits.scores[0]:
                shares[categories[place].as_py() or ""] += score
        total = shares.total()
        return {category: weight * share / total for category, share in shares.items() if category}

    def of(context_id: str) -> Mapping[str, float]:
        row = int(contexts.index.rows_of([context_id])[0]) if context_id else -1
        return NOTHING if row < 0 else boosts(row)

    return of
