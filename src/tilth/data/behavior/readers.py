"""Which reader reads a part of a log."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tilth.data.behavior.bad import BadCollector
from tilth.data.behavior.parts import LogPart
from tilth.data.behavior.raw import RawBatch
from tilth.data.behavior.row_groups import peek_at_times, read_row_groups
from tilth.data.files import kind_of, resolve_path
from tilth.data.read import read_batches
from tilth.data.rejects import Rejects
from tilth.data.times import TimeReader


def read_raw(
    part: LogPart, columns: Sequence[str], ids: Sequence[str], bad: BadCollector, *, base: Path
) -> Iterator[RawBatch]:
    """Yield the records of a part; what cannot be read as a record goes to `bad`.

    Raises:
        DataError: the file cannot be used.
    """
    path = resolve_path(part.path, base)
    if kind_of(path) == "parquet":
        yield from read_row_groups(path, part.row_groups, columns, ids)
        return
    rejects = Rejects()
    for batch in read_batches(path, columns, rejects, ids=ids):
        bad.add_rejects(rejects)
        yield RawBatch({name: batch.table[name].combine_chunks() for name in columns}, batch.rows)
    bad.add_rejects(rejects)


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
