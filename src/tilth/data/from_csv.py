"""CSV and TSV files to batches.

A row is a record, not a line: the header is row 1, a cell with line breaks in it does not add rows, and blank lines
count (as they do in a spreadsheet) though they are no records.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tilth.data.batch import Batch, Collector, refuse_missing
from tilth.data.lines import SAVE_AS_UTF8, Lines
from tilth.data.rejects import Rejects
from tilth.errors import DataError

QUOTING = 'a quote inside a quoted cell is written twice: "5"" pipe"'


class Records:
    """The cells of each record, and the row it stands on; records that are no such are rejected.

    `lines` are those of the whole file, or of a piece of it that begins behind `row` records and `lines_before` lines.
    Cells are decoded with `surrogateescape`: whether they are UTF-8 is looked at later, in the columns that are used.
    """

    def __init__(
        self, path: str, delimiter: str, rejects: Rejects, lines: Iterable[bytes], row: int = 0, lines_before: int = 0
    ) -> None:
        self.path, self.rejects, self.row = path, rejects, row
        self.complete = 0
        """How many of the lines belong to records that are complete."""
        self._lines_before = lines_before
        text = (line.decode("utf-8", "surrogateescape") for line in lines)
        self._reader: Any = csv.reader(text, delimiter=delimiter, strict=True)

    def header(self) -> list[str]:
        """The names in row 1; to be called first."""
        try:
            names = next(self._reader)
        except csv.Error as exc:
            raise DataError(f"the header is not CSV ({exc})", path=self.path, row=1, hint=QUOTING) from exc
        self.row, self.complete = 1, self._reader.line_num
        if not any(name.strip() for name in names):
            raise DataError("the first row is blank", path=self.path, row=1, hint="it must name the columns")
        try:
            "".join(names).encode()
        except UnicodeEncodeError as exc:
            raise DataError("the header is not UTF-8", path=self.path, row=1, hint=SAVE_AS_UTF8) from exc
        return names

    def __iter__(self) -> Iterator[list[str]]:
        while True:
            try:
                for record in self._reader:
                    self.row += 1
                    self.complete = self._reader.line_num
                    yield record
                return
            except csv.Error as exc:
                self.row += 1
                first, self.complete = self.complete + 1, self._reader.line_num
                self._reject(exc, self._lines_before + first, self._lines_before + self.complete)

    def _reject(self, exc: csv.Error, first: int, last: int) -> None:
        """Reject a record of one line; where a quote swallowed further lines, nothing behind it can be trusted."""
        if "field larger" in str(exc):
            limit = f"has a cell of over {csv.field_size_limit():,} characters"
            reason, hint = limit, "close the quote, or give long texts as JSONL or Parquet"
        else:
            reason, hint = f"has a quote that is not closed or not alone in its cell ({exc})", QUOTING
        if last > first or "unexpected end" in str(exc):
            raise DataError(f"{reason}; it starts on line {first} of the file", path=self.path, row=self.row, hint=hint)
        self.rejects.add(self.path, self.row, "", reason, f"line {first} of the file")


def read_csv(path: str, columns: Sequence[str], rejects: Rejects, delimiter: str) -> Iterator[Batch]:
    """Yield the records of `path`; ragged rows go to `rejects`.

    Raises:
        DataError: no header, a column that is missing or there twice, no rows, or a quote that is never closed.
    """
    before = len(rejects)
    lines = Lines(path)
    records = Records(path, delimiter, rejects, lines)
    header = records.header()
    refuse_missing(path, columns, header)
    batch = None
    for batch in batches_of(records, header, columns, lambda: lines.bytes_read):
        yield batch
    if batch is None and len(rejects) == before:
        raise DataError("has a header but no rows", path=path)


def header_of(path: str, delimiter: str) -> list[str]:
    """The names of the columns.

    Raises:
        DataError: the file cannot be read, or does not begin with names.
    """
    return Records(path, delimiter, Rejects(), Lines(path)).header()


def batches_of(
    records: Records, header: Sequence[str], columns: Sequence[str], bytes_read: Callable[[], int]
) -> Iterator[Batch]:
    """Yield the records with the named columns only; ragged ones are rejected."""
    path, rejects = records.path, records.rejects
    collected = Collector(path, columns, [header.index(name) for name in columns], rejects)
    for cells in records:
        if len(cells) != len(header):
            _reject_ragged(path, records.row, cells, len(header), rejects)
        elif collected.add(cells, records.row, bytes_read()):
            yield collected.take(bytes_read())
    if collected:
        yield collected.take()


def _reject_ragged(path: str, row: int, cells: list[str], width: int, rejects: Rejects) -> None:
    if not cells or (len(cells) == 1 and not cells[0].strip()):
        return  # a blank line
    shown = ",".join(cells).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    rejects.add(path, row, "", f"has {len(cells)} cells where the header has {width}", shown)
