"""All searches of some users, in arrays, in the order in which they were made."""

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.hashes import hash64
from tilth.audit.search.normal import coded

NO_TIME = np.iinfo(np.int64).min
UNKNOWN = -1

DEALT_SCHEMA = pa.schema(
    [
        pa.field("who", pa.string()),
        pa.field("session", pa.string()),
        pa.field("query", pa.string()),
        pa.field("normal", pa.string()),
        pa.field("ts", pa.int64()),
        pa.field("results", pa.int64()),
        pa.field("clicks", pa.int64()),
    ]
)
"""A search as it is dealt. `who` is the user, else the session, null where neither is known; `ts` microseconds or
NO_TIME; `results` and `clicks` UNKNOWN where they were not logged."""


@dataclass(frozen=True)
class Rows:
    """One entry per search, all arrays of shape (searches,). Codes are UNKNOWN where there is none."""

    who: NDArray[np.int32]
    session: NDArray[np.int32]
    normal: NDArray[np.int32]
    query: NDArray[np.int32]
    ts: NDArray[np.int64]
    results: NDArray[np.int64]
    clicks: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ts)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Rows":
        return Rows(*(getattr(self, one.name)[rows] for one in fields(self)))

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Who searched, and when, is known."""
        return (self.who != UNKNOWN) & (self.ts != NO_TIME)


@dataclass(frozen=True)
class SearchBucket:
    """Every search of a bucket's users, by user, session and time; those that are not placed come first."""

    rows: Rows
    normals: pa.Array
    """Distinct queries in normal form, by code."""
    queries: pa.Array
    """Distinct queries as they were typed, by code."""
    people: pa.Array

    @classmethod
    def of(cls, table: pa.Table) -> "SearchBucket":
        """From a table of DEALT_SCHEMA. The order of its rows does not matter."""
        who, people = coded(table["who"])
        session, _ = coded(table["session"])
        normal, normals = coded(table["normal"])
        query, queries = coded(table["query"])
        ts, results, clicks = (table[name].to_numpy() for name in ("ts", "results", "clicks"))
        rows = Rows(who, session, normal, query, ts, results, clicks)
        # Of searches at the same moment the hashes decide, since codes depend on the order of the rows.
        typed, meant = (hash64(texts)[codes] for texts, codes in ((queries, query), (normals, normal)))
        order = np.lexsort((clicks, results, typed, meant, ts, session, who, rows.placed))
        return cls(rows.take(order), normals, queries, people)


def merged(rows: Rows) -> Rows:
    """One row for each search: rows of the same person, session, moment and query are one search, of which every item
    shown or clicked has a row of its own. Clicks add up; `results` is the most that a row says."""
    if not len(rows):
        return rows
    again = rows.placed[1:] & rows.placed[:-1]
    for column in (rows.who, rows.session, rows.ts, rows.normal):
        again &= column[1:] == column[:-1]
    first = np.flatnonzero(np.append(True, ~again))
    known = np.maximum.reduceat(rows.clicks, first) >= 0
    clicks = np.where(known, np.add.reduceat(np.maximum(rows.clicks, 0), first), UNKNOWN)
    kept = rows.take(first)
    return Rows(
        kept.who,
        kept.session,
        kept.normal,
        kept.query,
        kept.ts,
        np.maximum.reduceat(rows.results, first),
        clicks,
    )


def follows(rows: Rows, gap_us: int) -> NDArray[np.bool_]:
    """Whether each search has the next one behind it in the same session, shape (searches,).

    Without session ids, searches of a person that lie at most `gap_us` apart are of one session.
    """
    out = np.zeros(len(rows), np.bool_)
    if len(rows) > 1:
        joined = rows.placed[:-1] & rows.placed[1:]
        joined &= (rows.who[1:] == rows.who[:-1]) & (rows.session[1:] == rows.session[:-1])
        # Times that are not known are so low that a difference of them may overflow; `placed` leaves these out.
        near = (rows.ts[1:] - rows.ts[:-1]) <= gap_us
        out[:-1] = joined & (near | (rows.session[1:] != UNKNOWN))
    return out


def half_typed(bucket: SearchBucket, rows: Rows, followed: NDArray[np.bool_], pause_us: int) -> NDArray[np.bool_]:
    """Searches that are the beginning of what was typed on, shape (searches,).

    One is where the next search of the session comes within `pause_us`, begins with all of it, and nothing was clicked
    in between: a search box that searches at every key.
    """
    out = np.zeros(len(rows), np.bool_)
    at = np.flatnonzero(followed & (rows.clicks <= 0))
    at = at[(rows.ts[at + 1] - rows.ts[at] <= pause_us) & (rows.query[at + 1] != rows.query[at])]
    if len(at):
        typed = pc.utf8_lower(bucket.queries)
        before, after = (typed.take(pa.array(rows.query[place])).to_pylist() for place in (at, at + 1))
        out[at] = [next_one.startswith(one) for one, next_one in zip(before, after, strict=True)]
    return out
