"""What people search for next: the query-flow graph (Boldi, Bonchi, Castillo, Donato, Gionis and Vigna 2008)."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.suggest.words import content

RELATED_SCHEMA = pa.schema([("query", pa.string()), ("related", pa.string()), ("score", pa.float64())])
"""Queries that people come to after `query`, best first."""
REWORDED_SCHEMA = pa.schema(
    [("query", pa.string()), ("reworded", pa.string()), ("users", pa.int64()), ("mended", pa.int64())]
)
"""`reworded` is what people typed instead of `query`; `mended`: how often it led to a click where the first did not."""
STAY = 0.85
STEPS = 3
EDGES = 50
ROWS_AT_ONCE = 2_000
ALIKE = 0.75


def add_up(pairs: pa.Table, min_users: int) -> pa.Table:
    """A table of PAIR_SCHEMA with one row a pair, of pairs that enough people made."""
    grouped = pairs.group_by(["before", "after"], use_threads=False)
    summed = grouped.aggregate([(name, "sum") for name in ("users", "mended", "weight")])
    table = summed.rename_columns([name.removesuffix("_sum") for name in summed.column_names]).select(
        pairs.column_names
    )
    return table.filter(pc.greater_equal(table["users"], max(min_users, 1)))


def related_queries(pairs: pa.Table, shown: pa.Table, most: int) -> pa.Table:
    """A table of RELATED_SCHEMA: `most` related queries for each one that may be shown.

    An edge weighs the share of a query's transitions that it makes. From each query a random walk of `STEPS` steps
    goes on with probability `STAY`; where it ends up is divided by the square root of how often people search for that
    query anyway, so that not the most popular queries are related to all. `shown`: normal form, text and popularity of
    queries; pairs of others do not count.
    """
    from scipy.sparse import csr_matrix

    before, after, kept = _ends(pairs, shown["normal"])
    size = len(shown)
    weight = pairs["weight"].to_numpy()[kept]
    order = np.lexsort((-weight, before))
    rank = np.arange(len(order)) - np.searchsorted(before[order], before[order])
    order = order[rank < EDGES]
    out = np.bincount(before, weight, size)
    flow: Any = csr_matrix((weight[order] / out[before[order]], (before[order], after[order])), (size, size))
    popularity = np.sqrt(np.maximum(shown["popularity"].to_numpy(), 1e-9))
    texts = shown["query"].to_pylist()
    rows = list(_walks(flow, popularity, np.flatnonzero(np.diff(flow.indptr)), most))
    columns = [[texts[start] for start, _, _ in rows], [texts[end] for _, end, _ in rows], [s for _, _, s in rows]]
    return pa.table(columns, schema=RELATED_SCHEMA)


def reworded_queries(pairs: pa.Table, known: pa.Table) -> pa.Table:
    """A table of REWORDED_SCHEMA: pairs that share a word or look alike, and mended something; most people first."""
    before, after, kept = _ends(pairs, known["normal"])
    users, mended = (pairs[name].to_numpy()[kept] for name in ("users", "mended"))
    normals, texts = known["normal"].to_pylist(), known["query"].to_pylist()
    rows = [
        (texts[a], texts[b], int(users[at]), int(mended[at]))
        for at, (a, b) in enumerate(zip(before.tolist(), after.tolist(), strict=True))
        if mended[at] and _alike(normals[a], normals[b])
    ]
    rows.sort(key=lambda row: (-row[2], row[0], row[1]))
    return pa.table([list(column) for column in zip(*rows, strict=True)] or [[], [], [], []], schema=REWORDED_SCHEMA)


def _walks(
    flow: Any, popularity: NDArray[np.float64], starts: NDArray[np.int64], most: int
) -> Iterator[tuple[int, int, float]]:
    for begin in range(0, len(starts), ROWS_AT_ONCE):
        some = starts[begin : begin + ROWS_AT_ONCE]
        step = flow[some]
        total = step.copy()
        for length in range(1, STEPS):
            step = step @ flow
            total = total + STAY**length * step
        for row, start in enumerate(some.tolist()):
            ends = total.indices[total.indptr[row] : total.indptr[row + 1]]
            score = total.data[total.indptr[row] : total.indptr[row + 1]] / popularity[ends]
            best = np.lexsort((ends, -score))
            yield from [(start, int(ends[at]), float(score[at])) for at in best.tolist() if ends[at] != start][:most]


def _ends(pairs: pa.Table, normals: pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the queries before and after, for the pairs of which both are known; and these pairs' rows."""
    values = normals.combine_chunks()
    before, after = (
        np.asarray(pc.fill_null(pc.index_in(pairs[name], value_set=values), -1), np.int64)
        for name in ("before", "after")
    )
    kept = np.flatnonzero((before >= 0) & (after >= 0))
    return before[kept], after[kept], kept


def _alike(one: str, other: str) -> bool:
    words = set(content(one.split())) & set(content(other.split()))
    return bool(words) or SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
