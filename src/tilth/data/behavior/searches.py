"""The query log, part by part, to batches of searches."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tilth.data.batch import EXACT_FLOAT
from tilth.data.behavior.bad import BadCollector, BadRows
from tilth.data.behavior.coded import coded
from tilth.data.behavior.columns import LogColumns
from tilth.data.behavior.lists import id_lists
from tilth.data.behavior.parts import PART_ROWS, LogPart, log_parts
from tilth.data.behavior.raw import RawBatch
from tilth.data.behavior.readers import read_raw, time_reader
from tilth.data.behavior.wanted import Wanted
from tilth.data.config import SearchSource
from tilth.data.files import resolve_path
from tilth.data.times import TimeReader
from tilth.errors import ConfigError
from tilth.records.behavior import SEARCH_SCHEMA

MAX_QUERY_CHARS = 1_000
CONTROL = r"[\x00-\x1f\x7f\s]+"


@dataclass(frozen=True)
class SearchBatch:
    """Some rows of a query log, in its order: searches, or items that a search showed."""

    table: pa.Table
    """`SEARCH_SCHEMA`."""
    bad: tuple[BadRows, ...] = ()
    rows: int = 0
    """How many rows were read for it, with those that cannot be used."""
    naive: int = 0
    """How many times named no time zone."""
    zoned: int = 0
    """How many times named one; numbers since 1970 are neither."""


def search_parts(source: SearchSource, *, base: Path, part_rows: int = PART_ROWS) -> list[LogPart]:
    """The pieces of the log that can be read independently: files, and row groups of Parquet files up to `part_rows`.

    Raises:
        ConfigError: `success_from` is set, but not what it would look at.
        DataError: there is no such file, or a Parquet file is damaged or lacks a column.
    """
    wanted = _wanted(source)
    return log_parts(source.path, wanted, base=base, part_rows=part_rows)


def read_searches(source: SearchSource, part: LogPart, *, base: Path) -> Iterator[SearchBatch]:
    """Yield the searches of a part, in bounded memory.

    A row of the file is a row of the table: where a log has a row for each item shown, a search is several of them.
    Rows without a query are left out and counted. Queries longer than `MAX_QUERY_CHARS` are cut and counted; control
    characters and runs of space in them become one space. Other values that cannot be read are null, and counted. With
    `source.success_from`, `clicked` is empty where the value is lower, or missing.

    Raises:
        ConfigError: there is no such time zone, or `success_from` is set, but not what it would look at.
        DataError: the file cannot be used: missing, damaged, without a column that is named, or of unclosed quotes.
    """
    wanted = _wanted(source)
    bad = BadCollector(resolve_path(part.path, base))
    times = time_reader(source.ts, source.timezone, part, base=base)
    for batch in read_raw(part, wanted, bad, base=base):
        yield _converted(source, batch, bad, times)
    if left := bad.take():
        yield SearchBatch(SEARCH_SCHEMA.empty_table(), left, sum(rows.count for rows in left))


def _converted(source: SearchSource, batch: RawBatch, bad: BadCollector, times: TimeReader) -> SearchBatch:
    before = bad.lost
    columns = LogColumns(batch, bad)
    query = _query(columns, source.query)
    moments = columns.times(source.ts, times)
    table = columns.keep(
        {
            "session_id": columns.optional_identifier(source.session_id),
            "user_id": columns.optional_identifier(source.user_id),
            "query": query,
            "ts": moments.ts,
            "results": _count(columns, source.results),
            "shown": id_lists(columns, source.shown),
            "clicked": _clicked(columns, source),
        },
        SEARCH_SCHEMA,
    )
    return SearchBatch(table, bad.take(), len(batch) + before, moments.naive, moments.zoned)


def _query(columns: LogColumns, column: str) -> pa.Array:
    found = coded(columns.batch.columns[column], max_chars=None)
    for reason, wrong in found.wrong:
        columns.reject(wrong, column, reason)
    distinct_text = found.codes.dictionary
    cut = pc.utf8_slice_codeunits(distinct_text, 0, MAX_QUERY_CHARS)
    long = np.asarray(pc.not_equal(cut, distinct_text), dtype=bool)
    text = pc.utf8_trim_whitespace(pc.replace_substring_regex(cut, CONTROL, " "))
    text = pa.DictionaryArray.from_arrays(found.codes.indices, text).dictionary_decode()
    columns.reject(np.asarray(pc.equal(text, ""), dtype=bool), column, "the query is empty")
    if long.any():
        on_rows = long[found.codes.indices.to_numpy()]
        columns.leave_out(on_rows, column, f"is over {MAX_QUERY_CHARS:,} characters long; the rest is cut off")
    return text


def _count(columns: LogColumns, column: str | None) -> pa.Array:
    """Whole numbers from 0 on."""
    numbers = columns.numbers(column).to_numpy(zero_copy_only=False)
    whole = (numbers >= 0) & (np.floor(numbers) == numbers) & (numbers < EXACT_FLOAT)
    if column:
        columns.leave_out(~whole & ~np.isnan(numbers), column, "is not a whole number from 0 on")
    return pa.array(np.where(whole, numbers, 0).astype(np.int64), mask=~whole)


def _clicked(columns: LogColumns, source: SearchSource) -> pa.Array:
    clicked = id_lists(columns, source.clicked)
    if source.success_from is None:
        return clicked
    value = columns.numbers(source.value)
    good = pc.fill_null(pc.greater_equal(value, source.success_from), False)
    return pc.if_else(good, clicked, pa.scalar([], pa.list_(pa.string())))


def _wanted(source: SearchSource) -> Wanted:
    if source.success_from is not None and not (source.value and source.clicked):
        raise ConfigError("[data.searches] success_from needs the columns `value` and `clicked`")
    value = source.value if source.success_from is not None else None
    return Wanted(
        ids=_named(source.session_id, source.user_id),
        texts=(source.query,),
        times=_named(source.ts),
        numbers=_named(source.results, value),
        lists=_named(source.shown, source.clicked),
    )


def _named(*columns: str | None) -> tuple[str, ...]:
    return tuple(column for column in columns if column)
