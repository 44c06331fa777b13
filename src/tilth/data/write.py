"""Writing results so that a reader never sees half a file: first beside it, then renamed into place."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
from pyarrow import parquet

from tilth.errors import DataError


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write `table` to `path`, replacing what was there; missing folders are made.

    Raises:
        DataError: the file cannot be written; what was there is as it was.
    """
    _replace(path, lambda temporary: parquet.write_table(table, temporary, compression="zstd"))


def read_parquet(path: Path) -> pa.Table:
    """Read a table that Tilth wrote.

    Raises:
        DataError: the file is missing or damaged.
    """
    try:
        # By way of an open file: given a folder, pyarrow would read all that is in it.
        with path.open("rb") as file:
            return parquet.read_table(file)
    except (OSError, ValueError, pa.ArrowException) as exc:
        raise DataError(f"cannot be read: {exc}", path=path) from exc


def write_json(value: Any, path: Path) -> None:
    """Write `value` as indented JSON; NaN and infinities become null. Missing folders are made.

    Raises:
        DataError: the file cannot be written; what was there is as it was.
    """
    write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n", path)


def read_json(path: Path) -> Any:
    """Read a JSON file that Tilth wrote.

    Raises:
        DataError: the file is missing or damaged.
    """
    try:
        return msgspec.json.decode(path.read_bytes())
    except (OSError, ValueError, RecursionError) as exc:
        raise DataError(f"cannot be read: {exc}", path=path) from exc


def write_bytes(content: bytes, path: Path) -> None:
    """Write `content` to `path`, replacing what was there; missing folders are made.

    Raises:
        DataError: the file cannot be written; what was there is as it was.
    """
    _replace(path, lambda temporary: temporary.write_bytes(content))


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    # Two processes, or two threads of one, may write the same file: each has a temporary one of its own.
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except (OSError, pa.ArrowException) as exc:
        raise DataError(f"cannot be written: {exc}", path=path) from exc
