"""Which reader reads a part of a log."""

from collections.abc import Iterator
from pathlib import Path

from tilth.data.behavior.bad import BadCollector
from tilth.data.behavior.csv_blocks import CsvLog
from tilth.data.behavior.jsonl_blocks import JsonlLog
from tilth.data.behavior.parts import LogPart
from tilth.data.behavior.raw import RawBatch
from tilth.data.behavior.row_groups import peek_at_times, read_row_groups
from tilth.data.behavior.wanted import Wanted
from tilth.data.files import kind_of, resolve_path
from tilth.data.times import TimeReader


def read_raw(part: LogPart, wanted: Wanted, bad: BadCollector, *, base: Path) -> Iterator[RawBatch]:
    """Yield the records of a part; what cannot be read as a record goes to `bad`.

    Raises:
        DataError: the file cannot be used.
    """
    path = resolve_path(part.path, base)
    kind = kind_of(path)
    if kind == "parquet":
        yield from read_row_groups(path, part.row_groups, wanted)
    elif kind == "jsonl":
        yield from JsonlLog(path, wanted, bad)
    else:
        yield from CsvLog(path, "\t" if kind == "tsv" else ",", wanted, bad)


def time_reader(column: str | None, timezone: str, part: LogPart, *, base: Path) -> TimeReader:
    """A reader that takes numbers in the same way in all parts of a file.

    Raises:
        ConfigError: there is no such time zone.
        DataError: a Parquet file cannot be used.
    """
    times, path = TimeReader(timezone), resolve_path(part.path, base)
    if column is not None and kind_of(path) == "parquet":
        peek_at_times(path, column, times)
    return times
