"""Queries that find nothing, or nothing that fits, though the catalog has something near: clusters for `suggest`."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.gaps.found import Found
from tilth.audit.gaps.ground import Ground

QUERIES_A_CALL = 20
"""Queries that one question holds: an answer is one line for each."""
CLUSTERS = 20
"""Clusters with a gap of their own, for each kind."""
NEAR = 0.5
"""From this share of a query's word weight in one item, the catalog is taken to have what is asked for."""


def unmet_queries(ground: Ground) -> Iterator[Found]:
    """Two kinds, each in clusters of queries that share a word:

    - `zero_result_queries`: most of the query's searches found nothing, while an item of the catalog covers at least
      half of its word weight: the supply is there, the wording is not.
    - `unmet_queries`: no item has all of the query's words (and it is not of the first kind): demand that the catalog
      does not meet as it is asked for.

    A query goes to the cluster of that word of its own which most searches of its kind hold. Calls: one for
    each 20 queries of a cluster, rounded up. Demand: the cluster's searches.
    """
    table = ground.tables.get("queries")
    if table is None or not table.num_rows:
        return
    searches = np.asarray(table["searches"], np.float64)
    nearest = np.asarray(pc.fill_null(table["nearest"], 0.0), np.float64)
    empty = np.asarray(pc.fill_null(table["zero_results"], 0), np.float64)
    short = np.asarray(pc.fill_null(pc.is_in(table["reach"], value_set=pa.array(["none", "weak"])), False), bool)
    worded = (empty > searches / 2) & (nearest >= NEAR)
    total = float(searches.sum())
    found = f"find nothing, though an item has at least {NEAR:.0%} of their words' weight"
    yield from _clusters(table, worded, total, "zero_result_queries", found)
    yield from _clusters(table, short & ~worded, total, "unmet_queries", "have words that no single item has together")


def _clusters(table: pa.Table, chosen: NDArray[np.bool_], total: float, kind: str, what: str) -> Iterator[Found]:
    rows = np.flatnonzero(chosen)
    if not len(rows):
        return
    part = table.take(pa.array(rows))
    searches = np.asarray(part["searches"], np.float64)
    lengths = np.asarray(pc.utf8_length(part["normal"]), np.float64)
    words, codes = _word_of(part["normal"].combine_chunks(), searches)
    weight = np.bincount(codes, searches, len(words))
    order = np.lexsort((words, -weight))
    named = order if len(order) <= CLUSTERS else order[: CLUSTERS - 1]
    groups = [(f'queries with "{words[code]}"', np.flatnonzero(codes == code)) for code in named]
    rest = np.flatnonzero(~np.isin(codes, named))
    for place, members in [*groups, ("other queries", rest)]:
        if not len(members):
            continue
        ordered = members[np.argsort(-searches[members], kind="stable")]
        calls = -(-len(ordered) // QUERIES_A_CALL)
        carried = searches[ordered]
        yield Found(
            step="suggest",
            kind=kind,
            place=place,
            unit="queries",
            ids=part["normal"].combine_chunks().take(pa.array(ordered)),
            demand=carried,
            total=total,
            calls=calls,
            characters=float(lengths[ordered].sum() / calls),
            reason=f"{len(ordered):,} queries with {carried.sum():,.0f} searches {what}",
        )


def _word_of(queries: pa.Array, searches: NDArray[np.float64]) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """The words that name clusters, and for each query the number of its word, both by most searches, then A to Z."""
    split = pc.utf8_split_whitespace(queries)
    owner = np.asarray(pc.list_parent_indices(split), np.int64)
    words, codes = np.unique(np.asarray(pc.list_flatten(split).to_pylist(), object).astype(str), return_inverse=True)
    # A word twice in one query counts once.
    pairs = np.unique(np.column_stack([owner, codes]), axis=0)
    weight = np.bincount(pairs[:, 1], searches[pairs[:, 0]], len(words))
    rank = np.empty(len(words), np.int64)
    rank[np.lexsort((words, -weight))] = np.arange(len(words))
    best = np.full(len(queries), len(words), np.int64)
    np.minimum.at(best, pairs[:, 0], rank[pairs[:, 1]])
    by_rank = np.append(words[np.argsort(rank)], "")  # the last: queries without a word
    used, numbers = np.unique(best, return_inverse=True)
    return by_rank[used], numbers
