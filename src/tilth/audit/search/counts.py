"""What is counted of a bucket's searches: sums of all of them, and of each query."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.config import AuditConfig
from tilth.audit.hashes import hash64
from tilth.audit.search.searches import UNKNOWN, Rows, SearchBucket, follows, half_typed, merged
from tilth.audit.search.similar import Wordings, similar

PAUSE_US = 5_000_000
"""Searches further apart than five seconds are not typed in one go."""
_MINUTE_US = 60_000_000

SUMS = (
    "rows",
    "searches",
    "half_typed",
    "results_known",
    "zero_results",
    "clicks_known",
    "zero_clicks",
    "in_session",
    "reformulated",
    "sessions",
    "sessions_ended",
    "abandoned",
    "people",
)
"""What is summed over all searches of a bucket. `sessions_ended`: of whose last search the clicks are known."""

PARTIAL_SCHEMA = pa.schema(
    [
        pa.field("normal", pa.string()),
        pa.field("query", pa.string()),
        pa.field("group", pa.int8()),
        *(
            pa.field(name, pa.int64())
            for name in ("searches", "users", "results_known", "zero_results", "clicks_known", "clicks", "reformulated")
        ),
    ]
)
"""Counts of one spelling of a query in one bucket; `users` stands with one of its spellings."""


@dataclass(frozen=True)
class BucketCounts:
    sums: dict[str, int]
    queries: pa.Table
    """Of PARTIAL_SCHEMA."""
    busiest: tuple[tuple[str, int], ...]
    """The people with most searches, and how many they made."""


def count(bucket: SearchBucket, group: int, config: AuditConfig) -> BucketCounts:
    """Count everything there is to count in a bucket, whose people are all of one group."""
    gap_us = round(config.session_gap_minutes * _MINUTE_US)
    searches = merged(bucket.rows)
    typed = half_typed(bucket, searches, follows(searches, gap_us), PAUSE_US)
    searches = searches.take(~typed)
    followed = follows(searches, gap_us)
    again = reformulated(bucket, searches, followed, round(config.reformulation_minutes * _MINUTE_US))
    sums = _sums(searches, followed, again) | {"rows": len(bucket.rows), "half_typed": int(typed.sum())}
    return BucketCounts(sums, _by_query(bucket, searches, again, group), _busiest(bucket, searches))


def reformulated(bucket: SearchBucket, rows: Rows, followed: NDArray[np.bool_], within_us: int) -> NDArray[np.bool_]:
    """Searches that are followed in time by the same need in other words, shape (searches,)."""
    out = np.zeros(len(rows), np.bool_)
    at = np.flatnonzero(followed)
    at = at[(rows.ts[at + 1] - rows.ts[at] <= within_us) & (rows.normal[at + 1] != rows.normal[at])]
    if len(at):
        out[at] = similar(Wordings.of(bucket.normals), rows.normal[at], rows.normal[at + 1])
    return out


def _sums(rows: Rows, followed: NDArray[np.bool_], again: NDArray[np.bool_]) -> dict[str, int]:
    last = rows.placed & ~followed
    flags = {
        "searches": np.ones(len(rows), np.bool_),
        "results_known": rows.results != UNKNOWN,
        "zero_results": rows.results == 0,
        "clicks_known": rows.clicks != UNKNOWN,
        "zero_clicks": rows.clicks == 0,
        "in_session": rows.placed,
        "reformulated": again,
        "sessions": last,
        "sessions_ended": last & (rows.clicks != UNKNOWN),
        "abandoned": last & (rows.clicks == 0),
    }
    people = len(np.unique(rows.who[rows.who != UNKNOWN]))
    return {name: int(flag.sum()) for name, flag in flags.items()} | {"people": people}


def _by_query(bucket: SearchBucket, rows: Rows, again: NDArray[np.bool_], group: int) -> pa.Table:
    spelling, code = np.unique(
        rows.normal.astype(np.int64) * max(len(bucket.queries), 1) + rows.query, return_inverse=True
    )
    normal, query = np.divmod(spelling, max(len(bucket.queries), 1))

    def total(flag: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(code[flag], minlength=len(spelling))

    users = np.zeros(len(spelling), np.int64)
    first = np.flatnonzero(np.diff(normal, prepend=-1))
    users[first] = _people(rows, len(bucket.normals))[normal[first]]
    columns = {
        "normal": bucket.normals.take(pa.array(normal)),
        "query": bucket.queries.take(pa.array(query)),
        "group": np.full(len(spelling), group, np.int8),
        "searches": np.bincount(code, minlength=len(spelling)),
        "users": users,
        "results_known": total(rows.results != UNKNOWN),
        "zero_results": total(rows.results == 0),
        "clicks_known": total(rows.clicks != UNKNOWN),
        "clicks": total(rows.clicks > 0),
        "reformulated": total(again),
    }
    return pa.table(columns, schema=PARTIAL_SCHEMA)


def _people(rows: Rows, normals: int) -> NDArray[np.int64]:
    """How many people searched for each query, shape (normals,)."""
    known = rows.who != UNKNOWN
    pairs = np.unique(rows.who[known].astype(np.int64) * max(normals, 1) + rows.normal[known])
    return np.bincount(pairs % max(normals, 1), minlength=normals)


def _busiest(bucket: SearchBucket, rows: Rows, most: int = 3) -> tuple[tuple[str, int], ...]:
    made = np.bincount(rows.who[rows.who != UNKNOWN], minlength=len(bucket.people))
    top = np.lexsort((hash64(bucket.people), -made))[:most]
    return tuple((bucket.people[at].as_py(), int(made[at])) for at in top.tolist() if made[at])
