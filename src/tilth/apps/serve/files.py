"""Parquet files that grow, are finished, and in the end make room for newer ones."""

import datetime
import os
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from tilth.apps.serve.processes import is_alive

PART = ".part"


class RotatedParquet:
    """Tables of one schema, in files of a folder, named by the time of their first row.

    A file is called `.part` until it is finished, after `rotate_s` seconds or `rotate_rows` rows. When the finished
    ones of all workers pass `max_bytes`, the oldest go.
    """

    def __init__(self, folder: Path, schema: pa.Schema, *, rotate_s: float, rotate_rows: int, max_bytes: float) -> None:
        self._folder, self._schema = folder, schema
        self._rotate_s, self._rotate_rows, self._max_bytes = rotate_s, rotate_rows, max_bytes
        self._writer: Any = None
        self._path, self._rows, self._since, self._count = folder, 0, 0.0, 0

    def write(self, table: pa.Table) -> None:
        writer = self._open() if self._writer is None else self._writer
        try:
            writer.write_table(table)
        except OSError:
            self._writer = None  # the file is broken; the next rows go into another one
            raise
        self._rows += len(table)
        self.rotate_if_due()

    def rotate_if_due(self) -> None:
        due = time.monotonic() - self._since >= self._rotate_s or self._rows >= self._rotate_rows
        if self._writer is not None and due:
            self.finish()

    def finish(self) -> None:
        """Close the file at hand, give it its name, and make room."""
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        writer.close()
        self._path.rename(self._path.with_suffix(""))
        self._make_room()
        pa.default_memory_pool().release_unused()

    def _open(self) -> Any:
        self._folder.mkdir(parents=True, exist_ok=True)
        now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S")
        self._count += 1
        self._path = self._folder / f"{now}-{os.getpid()}-{self._count:06d}.parquet{PART}"
        self._writer = parquet.ParquetWriter(self._path, self._schema, compression="zstd")
        self._rows, self._since = 0, time.monotonic()
        return self._writer

    def _make_room(self) -> None:
        found = sorted(self._folder.glob("*.parquet"))
        sizes = [path.stat().st_size for path in found if path.exists()]
        excess = sum(sizes) - self._max_bytes
        for path, size in zip(found, sizes, strict=False):
            if excess <= 0:
                break
            path.unlink(missing_ok=True)
            excess -= size


def remove_unfinished(folder: Path) -> None:
    """Away with what killed workers left: a Parquet file without its end cannot be read. What a process that lives is
    writing stays; to be called before this process writes, so that what bears its id is of an earlier one."""
    for path in folder.glob(f"*{PART}"):
        writer = path.name.split("-")[1:2]
        if writer and writer[0].isdigit() and (int(writer[0]) == os.getpid() or not is_alive(int(writer[0]))):
            path.unlink(missing_ok=True)
