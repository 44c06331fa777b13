"""Writing a table batch by batch as CSV or Parquet, in place only when it is whole."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
from pyarrow import csv, parquet

from tilth.errors import DataError

FORMATS = (".csv", ".parquet")


class TableWriter:
    """A context manager: what is written stands under `path` only if the block ends without an error.

    Raises:
        DataError: the ending is neither .csv nor .parquet, or the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix not in FORMATS:
            raise DataError("can only write .csv or .parquet", path=path)
        self.path = path
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._writer: Any = None
        self._schema: Any = None

    def __enter__(self) -> "TableWriter":
        return self

    def write(self, table: pa.Table) -> None:
        with self._wrapped():
            if self._writer is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                kind = csv.CSVWriter if self.path.suffix == ".csv" else parquet.ParquetWriter
                self._writer, self._schema = kind(self._part, table.schema), table.schema
            # pyarrow's CSV writer takes the process down with it if a table is not like the first.
            self._writer.write_table(table.cast(self._schema))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._writer is not None:
                with self._wrapped():
                    self._writer.close()
                    if kind is None:
                        self._part.replace(self.path)
        finally:
            if self._part.exists():
                self._part.unlink()

    @contextmanager
    def _wrapped(self) -> Generator[None]:
        try:
            yield
        except (OSError, ValueError, pa.ArrowException) as exc:
            raise DataError(f"cannot be written: {exc}", path=self.path) from exc
