"""A query log in two: an earlier part to learn from, and a later one that is held out.

The cut is in time. A log without times is dealt by a hash of who searched, so that a person is in one part only, and
one that names nobody by a hash of the query.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import parquet

from tilth.artifacts.suggester import normal_form
from tilth.data import BadRows, SearchSource, gathered, merge_bad, read_searches, refuse_many_bad, search_parts
from tilth.errors import ConfigError, DataError
from tilth.records.behavior import SEARCH_SCHEMA
from tilth.suggest.mine.log.buckets import BUCKETS, bucket_of

MINUTE_US = 60_000_000
ROWS_AT_ONCE = 500_000
MOST_ROWS = 2_000_000
"""Of a later part with more rows only some people are taken, drawn by hash: they are kept in memory."""

How = Literal["time", "users", "sessions", "queries"]


@dataclass(frozen=True)
class HoldOut:
    """What is held out: the last `days`, all from `since` on, or the last `share` of the rows; the first that is not
    None. `max_rejected`: share of a file's rows that may be unusable."""

    days: float | None = None
    since: datetime | None = None
    share: float = 0.2
    max_rejected: float = 0.1

    def check(self) -> None:
        """Raises:
        ConfigError: two of them are given, or one is out of range.
        """
        if self.days is not None and self.since is not None:
            raise ConfigError("the held-out part begins either some days before the end or at a date, not both")
        if self.days is not None and not 0 < self.days < float("inf"):
            raise ConfigError(f"the days held out must be more than 0, not {self.days}")
        if not 0 < self.share < 1:
            raise ConfigError(f"the share held out must lie between 0 and 1, not {self.share}")


@dataclass(frozen=True)
class SplitLog:
    """`earlier` is a file of its own, to be read as any log; `later` a table of SEARCH_SCHEMA, of all people or of some
    drawn by hash. `since`: where the later part begins; None where it was not split by time. `counts`: rows by what
    became of them."""

    how: How
    since: datetime | None
    earlier: SearchSource
    later: pa.Table
    counts: dict[str, int]


def split_log(
    source: SearchSource,
    hold: HoldOut,
    folder: Path,
    *,
    base: Path,
    salt: str = "",
    on_rows: Callable[[int], None] | None = None,
) -> SplitLog:
    """Write the earlier part into `folder`, which must be there, and take the later one. The log is read twice.

    In a log with times, rows without one are in neither part. Another `salt` deals a log without times otherwise.

    Raises:
        ConfigError: what is to be held out is out of range, or the log has no times to be split by.
        DataError: a file cannot be used, more than `max_rejected` of its rows, or a part would be empty.
    """
    hold.check()
    seen = _look(source, hold, base, on_rows)
    since = _cut(seen, hold, source.path)
    some = _some_people(seen, since, hold)
    how = _how(seen, since)
    path = folder / "earlier.parquet"
    counts = {"rows": seen.rows, "timeless": seen.timeless, "earlier": 0, "later": 0}
    later = [SEARCH_SCHEMA.empty_table()]
    with parquet.ParquetWriter(path, SEARCH_SCHEMA) as file:
        for table in gathered(_tables(source, base, on_rows), ROWS_AT_ONCE):
            behind, before = _sides(table, since, hold, salt)
            file.write_table(table.filter(pa.array(before)))
            found = table.filter(pa.array(behind))
            counts["earlier"] += int(before.sum())
            counts["later"] += len(found)
            later.append(found if some >= BUCKETS else found.filter(pa.array(_buckets(found, f"some{salt}") < some)))
    for part in ("earlier", "later"):
        if not counts[part]:
            raise DataError(
                f"no search is in the {part} part: nothing can be held out so",
                path=source.path,
                hint="name another share, date or number of days",
            )
    return SplitLog(how, since, _as_source(source, path, seen), pa.concat_tables(later), counts)


@dataclass
class _Seen:
    rows: int = 0
    timeless: int = 0
    named: dict[str, int] = field(default_factory=lambda: {"users": 0, "sessions": 0})
    minutes: dict[int, int] = field(default_factory=dict[int, int])
    """Searches in each minute since 1970 that has some."""


def _look(source: SearchSource, hold: HoldOut, base: Path, on_rows: Callable[[int], None] | None) -> _Seen:
    seen, bad = _Seen(), tuple[BadRows, ...]()
    for part in search_parts(source, base=base):
        for batch in read_searches(source, part, base=base):
            seen.rows += batch.rows
            bad = merge_bad((*bad, *batch.bad))
            table = batch.table
            seen.timeless += table["ts"].null_count
            seen.named["users"] += len(table) - table["user_id"].null_count
            seen.named["sessions"] += len(table) - table["session_id"].null_count
            ts = table["ts"].drop_null().cast(pa.int64()).to_numpy()
            for minute, count in zip(
                *(one.tolist() for one in np.unique(ts // MINUTE_US, return_counts=True)), strict=True
            ):
                seen.minutes[minute] = seen.minutes.get(minute, 0) + count
            if on_rows is not None:
                on_rows(batch.rows)
    refuse_many_bad(source.path, bad, seen.rows, hold.max_rejected)
    return seen


def _cut(seen: _Seen, hold: HoldOut, path: str) -> datetime | None:
    """Where the later part begins, to the minute; None for a log without times."""
    if not seen.minutes:
        if hold.days is not None or hold.since is not None:
            raise ConfigError(f"{path} has no times to be split by\n  hint: hold out a share of it")
        return None
    if hold.since is not None:
        return hold.since if hold.since.tzinfo else hold.since.replace(tzinfo=UTC)
    minutes = np.array(sorted(seen.minutes), np.int64)
    if hold.days is not None:
        return _days_before(_moment(int(minutes[-1]) + 1), hold.days)
    made = np.array([seen.minutes[minute] for minute in minutes.tolist()], np.int64)
    behind = np.cumsum(made[::-1])[::-1]
    return _moment(int(minutes[np.flatnonzero(behind >= hold.share * behind[0])[-1]]))


def _days_before(end: datetime, days: float) -> datetime:
    try:
        return end - timedelta(days=days)
    except OverflowError as exc:
        raise ConfigError(f"the days held out must be fewer than a calendar has, not {days:g}") from exc


def _some_people(seen: _Seen, since: datetime | None, hold: HoldOut) -> int:
    """So many of the `BUCKETS` people are dealt to are taken."""
    if since is None:
        later = hold.share * seen.rows
    else:
        first = int(since.timestamp() // 60)
        later = sum(count for minute, count in seen.minutes.items() if minute >= first)
    return BUCKETS if later <= MOST_ROWS else max(1, int(BUCKETS * MOST_ROWS / later))


def _how(seen: _Seen, since: datetime | None) -> How:
    if since is not None:
        return "time"
    if seen.named["users"]:
        return "users"
    return "sessions" if seen.named["sessions"] else "queries"


def _sides(
    table: pa.Table, since: datetime | None, hold: HoldOut, salt: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows are in the later part, and which in the earlier one."""
    if since is None:
        later = _buckets(table, salt) < max(1, round(hold.share * BUCKETS))
        return later, ~later
    later = pc.greater_equal(table["ts"], pa.scalar(since, pa.timestamp("us", tz="UTC")))
    return np.asarray(pc.fill_null(later, False), np.bool_), np.asarray(pc.fill_null(pc.invert(later), False), np.bool_)


def _buckets(table: pa.Table, salt: str) -> NDArray[np.int64]:
    """A number below `BUCKETS` for whoever made each search; of nobody's for its query."""
    who = pc.coalesce(table["user_id"], table["session_id"])
    if who.null_count:
        forms = pa.array([normal_form(query) for query in table["query"].to_pylist()], pa.string())
        who = pc.coalesce(who, pa.chunked_array([forms]))
    return bucket_of(pc.binary_join_element_wise(pa.scalar(salt), who, " ").combine_chunks())


def _tables(source: SearchSource, base: Path, on_rows: Callable[[int], None] | None) -> Iterator[pa.Table]:
    for part in search_parts(source, base=base):
        for batch in read_searches(source, part, base=base):
            if on_rows is not None:
                on_rows(batch.rows)
            yield batch.table


def _as_source(source: SearchSource, path: Path, seen: _Seen) -> SearchSource:
    """The file that was written, with the columns that the log has. What counts as a click has been looked at."""
    return SearchSource(
        path=str(path.resolve()),
        query="query",
        session_id="session_id" if source.session_id else None,
        user_id="user_id" if source.user_id else None,
        ts="ts" if seen.minutes else None,
        results="results" if source.results else None,
        shown="shown" if source.shown else None,
        clicked="clicked" if source.clicked else None,
    )


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(60 * minute, UTC)
