"""Which queries are worth asking about: those that the speller is unsure of, the most frequent first."""

from collections.abc import Iterable

import pyarrow as pa

from tilth.artifacts.speller import Speller, applied

HARD_SCHEMA = pa.schema(
    [
        pa.field("query", pa.string()),
        pa.field("weight", pa.float64()),
        pa.field("corrected", pa.string()),
        pa.field("margin", pa.float64()),
        pa.field("candidates", pa.list_(pa.string())),
    ]
)
"""`weight`: traffic. `corrected`: what the speller makes of the query now. `margin`: log odds of the change that is
nearest to the threshold, less the threshold. `candidates`: all considered changes made, then each of them alone."""


def hard_cases(
    speller: Speller, queries: Iterable[tuple[str, float]], *, within: float = 1.5, limit: int = 1000
) -> pa.Table:
    """The queries with a change whose log odds are at most `within` from the threshold, by falling weight, at most
    `limit` of them; those that are settled by an exception are left out. Columns: `HARD_SCHEMA`."""
    threshold = speller.settings.threshold
    rows: list[dict[str, object]] = []
    for query, weight in queries:
        if speller.tables.exceptions.of(query) is not None:
            continue
        changes = speller.considered(query)
        nearest = min((change.margin - threshold for change in changes), key=abs, default=float("inf"))
        if abs(nearest) > within:
            continue
        candidates = [applied(query, changes), *(applied(query, [change]) for change in changes)]
        rows.append(
            {
                "query": query,
                "weight": weight,
                "corrected": speller.correct(query).text,
                "margin": nearest,
                "candidates": list(dict.fromkeys(candidates)),
            }
        )
    rows.sort(key=lambda row: (-float(str(row["weight"])), str(row["query"])))
    return pa.Table.from_pylist(rows[:limit], schema=HARD_SCHEMA)
