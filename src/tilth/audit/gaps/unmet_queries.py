"""Queries that find nothing, or nothing that fits, though people ask: clusters for `suggest`."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.categories import OTHER
from tilth.audit.gaps.found import Found
from tilth.audit.gaps.ground import Ground

QUERIES_A_CALL = 20
"""Queries that one question holds: an answer is one line for each."""
CLUSTERS = 20
"""Clusters with a gap of their own, for each kind."""
NEAR = 0.5
"""From this share of a query's word weight in one item, the catalog is taken to have what is asked for."""


def unmet_queries(ground: Ground) -> Iterator[Found]:
    """Two kinds, each by the clusters that the search part put unmet queries into (a word they share):

    - `zero_result_queries`: an item of the catalog covers at least half of the query's word weight, yet most searches
      found nothing: the supply is there, the wording is not.
    - `unmet_queries`: all others; no item comes near: demand that the catalog does not meet as it is asked for.

    Calls: one for each 20 queries of a cluster, rounded up. Demand: the cluster's searches; only queries that were
    searched for in the embedded index are in one, at most `[audit] queries_searched`.
    """
    table = ground.tables.get("queries")
    if table is None or not table.num_rows:
        return
    total = float(np.asarray(table["searches"], np.float64).sum())
    unmet = table.filter(pc.is_valid(table["unmet"]))
    near = np.asarray(pc.fill_null(unmet["nearest"], 0.0), np.float64) >= NEAR
    empty = np.asarray(pc.fill_null(unmet["zero_results"], 0), np.float64)
    worded = near & (2 * empty > np.asarray(unmet["searches"], np.float64))
    found = f"find nothing, though an item has at least {NEAR:.0%} of their words' weight"
    yield from _clusters(unmet.filter(pa.array(worded)), total, "zero_result_queries", found)
    yield from _clusters(unmet.filter(pa.array(~worded)), total, "unmet_queries", "are near no item")


def _clusters(table: pa.Table, total: float, kind: str, what: str) -> Iterator[Found]:
    if not table.num_rows:
        return
    searches = np.asarray(table["searches"], np.float64)
    lengths = np.asarray(pc.utf8_length(table["normal"]), np.float64)
    normals = table["normal"].combine_chunks()
    for place, members in _groups(table["unmet"], searches):
        ordered = members[np.argsort(-searches[members], kind="stable")]
        calls, carried = -(-len(ordered) // QUERIES_A_CALL), searches[ordered]
        yield Found(
            step="suggest",
            kind=kind,
            place=place,
            unit="queries",
            ids=normals.take(pa.array(ordered)),
            demand=carried,
            total=total,
            calls=calls,
            characters=float(lengths[ordered].sum() / calls),
            reason=f"{len(ordered):,} queries with {carried.sum():,.0f} searches {what}",
        )


def _groups(clusters: pa.ChunkedArray, searches: NDArray[np.float64]) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """The clusters with most searches by name, then all other queries together."""
    names, codes = np.unique(np.asarray(clusters.to_pylist(), object).astype(str), return_inverse=True)
    weight = np.bincount(codes, searches, len(names))
    order = np.lexsort((names, -weight))
    order = order[names[order] != OTHER]
    named = order if len(order) <= CLUSTERS else order[: CLUSTERS - 1]
    for code in named:
        yield f'queries with "{names[code]}"', np.flatnonzero(codes == code)
    rest = np.flatnonzero(~np.isin(codes, named))
    if len(rest):
        yield "other queries", rest
