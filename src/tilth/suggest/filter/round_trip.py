"""Whether a query brings back what it promises, in the embedded search index."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.index import Hits, SearchIndex
from tilth.suggest.candidates import kind_of
from tilth.suggest.config import FilterConfig
from tilth.suggest.filter import reasons
from tilth.suggest.search import find

TOP = 10
AT_ONCE = 5_000
BROAD = ("facet", "rule", "llm")
"""Kinds of sources whose queries must bring back more than one item."""


Asked = tuple[str, str, tuple[str, ...]]
"""Normal form, source, ids of items it was made from."""


@dataclass(frozen=True)
class Trip:
    """What a query brought back: `top` rows of the catalog that hold all of its words, best first; how many items at
    all, up to the depth; and what is wrong with it, if anything."""

    top: NDArray[np.int64]
    items: int
    fault: str | None


Trips = dict[Asked, Trip]
"""Trips that were made before, under the same settings."""


def round_trips(
    index: SearchIndex,
    rows: Sequence[Asked],
    config: FilterConfig,
    *,
    threads: int = 2,
    on_done: Callable[[int], None] | None = None,
) -> list[Trip]:
    """One for each of `rows`.

    A result counts if it holds all of the query's words, little ones aside; where too few do, `config.match` of them.
    Of a query that an LLM wrote the item must be among the `config.depth` best; it, and those of facets and rules,
    must bring back `config.min_others` others too.
    """
    trips: list[Trip] = []
    with ThreadPoolExecutor(threads, thread_name_prefix="tilth-round-trip") as pool:
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            trips += pool.map(lambda row: _trip(index, row[0], row[1], row[2], config), some, chunksize=64)
            if on_done is not None:
                on_done(len(some))
    return trips


def _trip(index: SearchIndex, normal: str, source: str, ids: Sequence[str], config: FilterConfig) -> Trip:
    exact = find(index, normal, config.depth, 1.0)
    fault = _fault(exact, source, ids, config)
    if fault is None:
        return Trip(exact.rows[:TOP], len(exact), None)
    hits = find(index, normal, config.depth, config.match)
    return Trip(exact.rows[:TOP], len(hits), _fault(hits, source, ids, config))


def _fault(hits: Hits, source: str, ids: Sequence[str], config: FilterConfig) -> str | None:
    if not len(hits):
        return reasons.FINDS_NOTHING
    kind = kind_of(source)
    if kind not in BROAD:
        return None
    if kind == "llm" and not set(ids) & set(hits.ids):
        return reasons.LOSES_SOURCE
    others = set(hits.ids) - set(ids if kind == "llm" else ids[:1])
    return None if len(others) >= config.min_others else f"{reasons.NARROW}: {len(hits)} in all"
