"""Dealing the rows of a log into slices on disk by the hash of an id, and reading slices back.

Every piece of work writes one file: batches of rows, each batch cut into `SLICES` record batches, one a slice. So a
slice of the whole log is one record batch from every batch of every file, and the number of files is the number of
pieces of work, not that times the number of slices.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.result import GROUPS

SLICES_A_GROUP = 32
SLICES = GROUPS * SLICES_A_GROUP
BATCH_ROWS = 1_000_000
"""Rows dealt at once: about a thousand a slice, so that a record batch's own size does not count."""


def slice_of(hashes: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """The slice of each hash, 0 to SLICES - 1: its upper half, scaled. Slices of one group are neighbors."""
    return ((hashes >> np.uint64(32)) * np.uint64(SLICES) >> np.uint64(32)).astype(np.uint16)


def group_of(hashes: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """The jackknife group of each hash, 0 to GROUPS - 1."""
    return slice_of(hashes) // np.uint16(SLICES_A_GROUP)


class Dealer:
    """Writes one file. It appears under its name when it is closed whole; work that is done again replaces it."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.rows = np.zeros(SLICES, np.int64)
        """Rows of each slice so far."""
        self._path, self._schema = path, schema
        self._draft = path.with_name(f"{path.name}.{uuid4().hex}")
        self._writer = pa.ipc.new_file(self._draft, schema)

    def __enter__(self) -> "Dealer":
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: object) -> None:
        self._writer.close()
        if kind is None:
            self._draft.replace(self._path)
        else:
            self._draft.unlink(missing_ok=True)

    def deal(self, table: pa.Table, slices: NDArray[np.uint16]) -> None:
        """Write a batch. Best about `BATCH_ROWS` rows; `slices` has one for each row."""
        if not len(slices):
            return
        order = np.argsort(slices, kind="stable")
        (batch,) = table.take(pa.array(order)).cast(self._schema).combine_chunks().to_batches()
        counts = np.bincount(slices, minlength=SLICES)
        starts = np.cumsum(counts) - counts
        for start, count in zip(starts.tolist(), counts.tolist(), strict=True):
            self._writer.write_batch(batch.slice(start, count))
        self.rows += counts


def read_slices(paths: Sequence[Path], first: int, stop: int) -> list[pa.Table]:
    """The rows of the slices `first` to `stop` (exclusive), a table for each file in the order of `paths`.

    The tables lie in mapped memory.
    """
    return [_read(path, first, stop) for path in paths]


def _read(path: Path, first: int, stop: int) -> pa.Table:
    with ExitStack() as stack:
        reader = stack.enter_context(pa.ipc.open_file(stack.enter_context(pa.memory_map(str(path)))))
        starts = range(0, reader.num_record_batches, SLICES)
        batches = [reader.get_batch(start + place) for start in starts for place in range(first, stop)]
        return pa.Table.from_batches(batches, reader.schema)


def runs_of_slices(rows: NDArray[np.int64], most: int) -> list[tuple[int, int]]:
    """Neighboring slices of one group, put together while they have at most `most` rows: (first, stop) of each run.

    A slice with more is a run by itself, slices without rows are in none of their own.
    """
    runs = list[tuple[int, int]]()
    for start in range(0, SLICES, SLICES_A_GROUP):
        first, held = start, 0
        for place in range(start, start + SLICES_A_GROUP):
            count = int(rows[place])
            if held and held + count > most:
                runs.append((first, place))
                first, held = place, 0
            held += count
        if held:
            runs.append((first, start + SLICES_A_GROUP))
    return runs
