"""What the tests of reading share."""

from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from tilth.data import (
    BadRows,
    EntitySource,
    EventSource,
    PairSource,
    Rejects,
    SearchSource,
    event_parts,
    merge_bad,
    read_events,
    read_searches,
    search_parts,
)
from tilth.data.read import read_batches

PAIRS = PairSource(path="pairs.csv", context_id="user", item_id="item")


def put(folder: Path, name: str, content: bytes | str) -> str:
    """Write a file and give its path as text."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def put_parquet(folder: Path, name: str = "a.parquet", **columns: Any) -> str:
    path = folder / name
    parquet.write_table(pa.table(columns), path)
    return str(path)


def read(path: str, *columns: str, ids: tuple[str, ...] | None = None) -> tuple[list[tuple[Any, ...]], Rejects]:
    """All usable records as (row, value, ...), and the rejects. Every column is an id unless `ids` says which are."""
    rejects, found = Rejects(), list[tuple[Any, ...]]()
    for batch in read_batches(path, columns, rejects, ids=columns if ids is None else ids):
        values = [batch.table[name].to_pylist() for name in columns]
        found += zip(batch.rows.tolist(), *values, strict=True)
    return found, rejects


def brief(rejects: Rejects) -> list[tuple[int, str, str]]:
    """(row, column, reason) of each."""
    return [(reject.row, reject.column, reject.reason) for reject in rejects.rows]


def pairs_source(path: str, **fields: Any) -> PairSource:
    return PairSource(path=path, context_id="user", item_id="item", **fields)


def entity_source(path: str, **fields: Any) -> EntitySource:
    return EntitySource(path=path, id="id", **fields)


def event_source(path: str, **fields: Any) -> EventSource:
    return EventSource(path=path, user_id="user", item_id="item", **fields)


def events_of(
    source: EventSource, *, coded: bool = False, part_rows: int = 1_000_000
) -> tuple[list[dict[str, Any]], tuple[BadRows, ...]]:
    """All events of a log, and what was wrong with its rows."""
    found, bad = list[dict[str, Any]](), list[BadRows]()
    for part in event_parts(source, base=Path("/"), part_rows=part_rows):
        for batch in read_events(source, part, base=Path("/"), coded=coded):
            found += batch.table.to_pylist()
            bad += batch.bad
    return found, merge_bad(bad)


def searches_of(source: SearchSource) -> tuple[list[dict[str, Any]], tuple[BadRows, ...]]:
    """All searches of a log, and what was wrong with its rows."""
    found, bad = list[dict[str, Any]](), list[BadRows]()
    for part in search_parts(source, base=Path("/")):
        for batch in read_searches(source, part, base=Path("/")):
            found += batch.table.to_pylist()
            bad += batch.bad
    return found, merge_bad(bad)


def in_short(bad: tuple[BadRows, ...]) -> list[tuple[str, str, int, tuple[int, ...], bool]]:
    """(column, reason, count, rows, kept) of each."""
    return sorted((rows.column, rows.reason, rows.count, rows.rows, rows.kept) for rows in bad)
