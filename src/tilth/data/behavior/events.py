"""The interaction log, part by part, to batches of events."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from tilth.data.behavior.bad import BadCollector, BadRows
from tilth.data.behavior.coded import CODED
from tilth.data.behavior.columns import LogColumns, placeholders
from tilth.data.behavior.parts import PART_ROWS, LogPart, log_parts
from tilth.data.behavior.raw import RawBatch
from tilth.data.behavior.readers import read_raw, time_reader
from tilth.data.behavior.wanted import Wanted
from tilth.data.config import EventSource
from tilth.data.files import resolve_path
from tilth.data.times import TimeReader
from tilth.records.behavior import EVENT_SCHEMA

CODED_EVENT_SCHEMA = pa.schema(
    [field.with_type(CODED) if field.type == pa.string() else field for field in EVENT_SCHEMA]
)
"""`EVENT_SCHEMA` with text as codes into its distinct values (`dictionary<int32, string>`)."""


@dataclass(frozen=True)
class EventBatch:
    """Some events of a log, in its order."""

    table: pa.Table
    """`EVENT_SCHEMA`, or `CODED_EVENT_SCHEMA`."""
    bad: tuple[BadRows, ...] = ()
    rows: int = 0
    """How many rows were read for it, with those that cannot be used."""
    naive: int = 0
    """How many times named no time zone."""
    zoned: int = 0
    """How many times named one; numbers since 1970 are neither."""


def event_parts(source: EventSource, *, base: Path, part_rows: int = PART_ROWS) -> list[LogPart]:
    """The pieces of the log that can be read independently: files, and row groups of Parquet files up to `part_rows`.

    `source.path` may be a file, a folder (with all folders in it) or a pattern such as `logs/*.parquet`. The order is
    that of the names.

    Raises:
        DataError: there is no such file, or a Parquet file is damaged or lacks a column.
    """
    wanted = _wanted(source)
    return log_parts(source.path, wanted, base=base, part_rows=part_rows)


def read_events(source: EventSource, part: LogPart, *, base: Path, coded: bool = False) -> Iterator[EventBatch]:
    """Yield the events of a part, in bounded memory.

    A row without a user, an item or a kind is left out and counted. One whose time or value cannot be read is kept
    without it (null), and counted. With `coded` the tables are of `CODED_EVENT_SCHEMA`: each distinct id of a batch
    stands there once. The last batch may hold no events, but what was wrong behind the last of them.

    Raises:
        ConfigError: there is no such time zone.
        DataError: the file cannot be used: missing, damaged, without a column that is named, or of unclosed quotes.
    """
    wanted = _wanted(source)
    bad = BadCollector(resolve_path(part.path, base))
    times = time_reader(source.ts, source.timezone, part, base=base)
    batches = read_raw(part, wanted, bad, base=base)
    for batch in batches:
        yield _converted(source, batch, bad, times, coded)
    if left := bad.take():
        empty = (CODED_EVENT_SCHEMA if coded else EVENT_SCHEMA).empty_table()
        yield EventBatch(empty, left, sum(rows.count for rows in left))


def _converted(source: EventSource, batch: RawBatch, bad: BadCollector, times: TimeReader, coded: bool) -> EventBatch:
    before = bad.lost
    columns = LogColumns(batch, bad)
    fields = {
        "user_id": columns.identifier(source.user_id),
        "item_id": columns.identifier(source.item_id),
        "kind": columns.template(source.kind, "the kind"),
    }
    moments = columns.times(source.ts, times)
    plain = {"ts": moments.ts, "value": columns.numbers(source.value)}
    table = columns.keep({**fields, **plain}, CODED_EVENT_SCHEMA)
    if not coded:
        table = table.cast(EVENT_SCHEMA)
    return EventBatch(table, bad.take(), len(batch) + before, moments.naive, moments.zoned)


def _wanted(source: EventSource) -> Wanted:
    return Wanted(
        ids=(source.user_id, source.item_id, *placeholders(source.kind)),
        times=(source.ts,) if source.ts else (),
        numbers=(source.value,) if source.value else (),
    )
