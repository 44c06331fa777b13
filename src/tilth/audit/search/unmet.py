"""Demand without supply: which queries no item is near to, and what they have in common."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.search.similar import EMPTY
from tilth.text import is_number

CLUSTERS = 200
OTHER = "(other)"


def is_unmet(nearest: NDArray[np.float64], queries: pa.Table, below: float) -> NDArray[np.bool_]:
    """Which queries, a table of QUERY_SCHEMA, found nothing more often than not, or are near no item by `nearest`
    (queries,) and led to a click no more often than not. Who clicks has found something that words do not show."""
    known, zero, clicks_known, clicks = (
        queries[name].to_numpy() for name in ("results_known", "zero_results", "clicks_known", "clicks")
    )
    return (2 * zero > known) | ((nearest < below) & (2 * clicks <= clicks_known))


@dataclass(frozen=True)
class Cluster:
    """Queries, by their places in what was given, most searches first, that share `word`."""

    word: str
    queries: tuple[int, ...]


def cluster(lacking: Sequence[Sequence[str]], searches: Sequence[int], most: int = CLUSTERS) -> list[Cluster]:
    """Put each query to the word it shares with the most demand.

    Args:
        lacking: for each query the words that the nearest item lacks; where it lacks none, all of them.
        searches: how often each query was made.
        most: clusters with a word of their own; all other queries are in OTHER.

    Words are taken greedily: first the one whose queries make the most searches, then the one whose queries that are
    left do, and so on; of equal ones the first in the alphabet. Numbers and words that say nothing name no cluster.
    A word that only one query has names a cluster too, as long as there is room.
    """
    by_word: dict[str, list[int]] = {}
    for query, words in enumerate(lacking):
        for word in dict.fromkeys(words):
            if word not in EMPTY and not is_number(word):
                by_word.setdefault(word, []).append(query)
    left = Counter({word: sum(searches[query] for query in queries) for word, queries in by_word.items()})
    taken = [False] * len(lacking)
    heap = [(-made, word) for word, made in left.items()]
    heapify(heap)
    found: list[Cluster] = []
    while heap and len(found) < most:
        made, word = heappop(heap)
        if -made != left[word]:
            if left[word]:
                heappush(heap, (-left[word], word))
            continue
        members = [query for query in by_word[word] if not taken[query]]
        for query in members:
            taken[query] = True
            left.subtract({other: searches[query] for other in set(lacking[query]) if other in by_word})
        found.append(Cluster(word, _ordered(members, searches)))
    rest = [query for query, is_taken in enumerate(taken) if not is_taken]
    return [*found, Cluster(OTHER, _ordered(rest, searches))] if rest else found


def _ordered(queries: Sequence[int], searches: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(queries, key=lambda query: (-searches[query], query)))
