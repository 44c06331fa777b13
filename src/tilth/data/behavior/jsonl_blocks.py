"""JSONL logs to batches: clean blocks by a typed decoder, the rest by the careful reader; the records are the same.

A block of whole lines is clean when each line is an object, and each column that is read holds values of one kind.
"""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from tilth.data.batch import LIST_SEPARATOR
from tilth.data.behavior.bad import BadCollector
from tilth.data.behavior.raw import RawBatch, raw_batch
from tilth.data.behavior.wanted import Wanted
from tilth.data.from_jsonl import Keys, jsonl_batches
from tilth.data.lines import line_blocks
from tilth.data.rejects import Rejects

BLOCK_BYTES = 8 << 20
VALUE = str | int | float | None
VALUES = list[VALUE] | VALUE


class JsonlLog:
    """Reads one file, once."""

    def __init__(self, path: str, wanted: Wanted, bad: BadCollector, block_bytes: int = BLOCK_BYTES) -> None:
        self.path, self.wanted, self.bad = path, wanted, bad
        self._blocks = line_blocks(path, block_bytes)
        self._keys = Keys(wanted.names)
        self._line = 0
        fields = {f"c{at}": name for at, name in enumerate(wanted.names)}
        types = [(field, VALUES if name in wanted.lists else VALUE, None) for field, name in fields.items()]
        self._getters = {name: attrgetter(field) for field, name in fields.items()}
        self._decoder = msgspec.json.Decoder(msgspec.defstruct("Line", types, rename=fields))

    def __iter__(self) -> Iterator[RawBatch]:
        """Yield the records, each with the line it stands on.

        Raises:
            DataError: the file cannot be read as text, or no line has one of the columns.
        """
        for block in self._blocks:
            batch = self._fast(block)
            if batch is not None:
                yield batch
            else:
                yield from self._careful(block)
        self._keys.refuse_missing(self.path, self.wanted.names)

    def _fast(self, block: bytes) -> RawBatch | None:
        separated = bool(self.wanted.lists) and LIST_SEPARATOR.encode() in block
        if separated or b"\\u0000" in block:
            return None
        try:
            block.decode()
            # Line by line: `decode_lines` would take two objects on one line, and one on two lines.
            records = [self._decoder.decode(line) for line in block.splitlines()]
            columns = {name: pa.array(list(map(get, records))) for name, get in self._getters.items()}
        except (ValueError, TypeError, OverflowError, RecursionError, pa.ArrowException):
            return None
        if any(_is_empty(columns[name]) for name in self._keys.missing):
            return None
        self._keys.missing.clear()
        rows = np.arange(self._line + 1, self._line + 1 + len(records))
        self._line += len(records)
        return RawBatch(columns, rows)

    def _careful(self, block: bytes) -> Iterator[RawBatch]:
        rejects, lines = Rejects(), block.splitlines(keepends=True)
        for batch in jsonl_batches(
            self.path,
            lines,
            self.wanted.names,
            self.wanted.ids,
            rejects,
            self._keys,
            lines_before=self._line,
            bytes_read=lambda: 0,
        ):
            self._keys.refuse_missing(self.path, self.wanted.ids)
            self.bad.add_rejects(rejects)
            yield raw_batch(batch)
        self.bad.add_rejects(rejects)
        self._line += len(lines)


def _is_empty(column: Any) -> bool:
    return column.null_count == len(column)
