"""CSV logs to batches: clean stretches by Arrow, the rest by the careful reader, with the same rows either way.

A block of whole lines is clean when its quotes stand at the ends of cells or are doubled, and Arrow finds as many
records in it as it has lines: no cell with a line break in it, no blank line, no ragged row. Null bytes and text that
is not UTF-8 are not clean either. What is not clean goes to `tilth.data.from_csv`, which rejects the bad rows and
numbers the good ones, and takes as much of the next blocks as its last record needs.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from pyarrow import csv

from tilth.data.batch import refuse_missing
from tilth.data.behavior.bad import BadCollector
from tilth.data.behavior.coded import CODED
from tilth.data.behavior.raw import RawBatch, raw_batch
from tilth.data.behavior.wanted import Wanted
from tilth.data.from_csv import Records, batches_of
from tilth.data.lines import line_blocks
from tilth.data.rejects import Rejects

BLOCK_BYTES = 16 << 20


class CsvLog:
    """Reads one file, once."""

    def __init__(
        self, path: str, delimiter: str, wanted: Wanted, bad: BadCollector, block_bytes: int = BLOCK_BYTES
    ) -> None:
        self.path, self.delimiter, self.bad = path, delimiter, bad
        self.columns, self._coded = wanted.names, wanted.coded
        self._blocks = line_blocks(path, block_bytes)
        self._row = self._line = 0
        self._rejects = Rejects()

    def __iter__(self) -> Iterator[RawBatch]:
        """Yield the records, each with the row it stands on.

        Raises:
            DataError: the file has no header, lacks a column, or has a quote that is never closed.
        """
        block = self._header()
        while block is not None:
            batch = self._fast(block) if block else None
            if batch is not None:
                yield batch
            elif block:
                yield from self._careful(block)
            block = next(self._blocks, None)

    def _header(self) -> bytes:
        """Read the header; the rest of the block it stands in."""
        lines = _Lines(next(self._blocks, b""), self._blocks)
        records = lines.records = Records(self.path, self.delimiter, self._rejects, lines)
        self._names = records.header()
        refuse_missing(self.path, self.columns, self._names)
        self._row, self._line = records.row, lines.count
        return lines.rest()

    def _fast(self, block: bytes) -> RawBatch | None:
        lines = _one_line_each(block)
        if lines is None or not _well_quoted(block, self.delimiter):
            return None
        places = [str(at) for at in range(len(self._names))]
        wanted = [places[self._names.index(name)] for name in self.columns]
        types = [CODED if name in self._coded else pa.string() for name in self.columns]
        try:
            table = csv.read_csv(
                pa.BufferReader(block),
                csv.ReadOptions(use_threads=False, column_names=places, block_size=len(block) + 1),
                csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True),
                csv.ConvertOptions(
                    include_columns=wanted,
                    column_types=dict(zip(wanted, types, strict=True)),
                    null_values=[],
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != lines:
            return None
        rows = np.arange(self._row + 1, self._row + 1 + lines)
        self._row, self._line = self._row + lines, self._line + lines
        arrays = (table[place].combine_chunks() for place in wanted)
        return RawBatch(dict(zip(self.columns, arrays, strict=True)), rows)

    def _careful(self, block: bytes) -> Iterator[RawBatch]:
        lines = _Lines(block, self._blocks)
        records = Records(self.path, self.delimiter, self._rejects, lines, self._row, self._line)
        lines.records = records
        for batch in batches_of(records, self._names, self.columns, lambda: lines.bytes_read):
            self.bad.add_rejects(self._rejects)
            yield raw_batch(batch)
        self.bad.add_rejects(self._rejects)
        self._row, self._line = records.row, self._line + lines.count


class _Lines:
    """The lines of a block, and of those behind it as long as the last record is not complete."""

    def __init__(self, block: bytes, more: Iterator[bytes]) -> None:
        self.records: Records | None = None
        self.count = self.bytes_read = 0
        self._block, self._more, self._used = block, more, 0

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self._used = 0
            for line in self._block.splitlines(keepends=True):
                self.count += 1
                self._used += len(line)
                self.bytes_read += len(line)
                yield line
            if self.records is None or self.records.complete == self.count:
                return
            block = next(self._more, None)
            if block is None:
                return
            self._block = block

    def rest(self) -> bytes:
        """What is left of the block that the last line stood in."""
        return self._block[self._used :]


def _one_line_each(block: bytes) -> int | None:
    """How many lines there are; None if some of them end in a carriage return alone, or a null byte stands in one."""
    if b"\x00" in block or block.count(b"\r") != block.count(b"\r\n"):
        return None
    return block.count(b"\n") + (not block.endswith(b"\n"))


def _well_quoted(block: bytes, delimiter: str) -> bool:
    """Whether every quote opens a cell, closes one, or is doubled within one."""
    if b'"' not in block:
        return True
    text = np.frombuffer(b"\n" + block + b"\n", dtype=np.uint8)
    quotes = np.flatnonzero(text == ord('"'))
    beside = np.zeros(256, dtype=bool)
    beside[[ord(char) for char in (delimiter, "\n", "\r", '"')]] = True
    opening, closing = quotes[::2], quotes[1::2]
    return len(opening) == len(closing) and bool(beside[text[opening - 1]].all() and beside[text[closing + 1]].all())
