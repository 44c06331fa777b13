"""Files that survive a power cut, and lines of files that nobody has checked."""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from tilth.errors import DataError

MAX_LINE_BYTES = 8_000_000
"""A longer line is no answer to anything that was asked, and is skipped without being held in memory."""

_BLOCK = 1 << 20


@contextmanager
def replacing(path: Path) -> Generator[BinaryIO]:
    """A file to write, which stands under `path`, synced, only if the block ends without an error.

    Raises:
        DataError: it cannot be written; what was there is as it was.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with writing(path), part.open("wb") as file:
            yield file
            sync(file)
        with writing(path):
            part.replace(path)
            _sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Generator[None]:
    """Raises:
    DataError: in place of an `OSError`.
    """
    try:
        yield
    except OSError as exc:
        raise DataError(f"cannot be written: {exc.strerror or exc}", path=path) from exc


def sync(file: BinaryIO) -> None:
    """Let what was written reach the disk."""
    file.flush()
    os.fsync(file.fileno())


def write_json(value: Any, path: Path) -> None:
    """Replace `path` by indented JSON, as a whole or not at all.

    Raises:
        DataError: it cannot be written.
    """
    with replacing(path) as file:
        file.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


@contextmanager
def opened(path: Path) -> Generator[BinaryIO]:
    """Raises:
    DataError: the file is missing or cannot be read.
    """
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as exc:
        raise DataError("no such file", path=path) from exc
    except OSError as exc:
        raise DataError(f"cannot be read: {exc.strerror or exc}", path=path) from exc


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Keep other processes of this machine out of an export while at work on it. Ends with the process at the latest.

    Raises:
        DataError: another process is at work on it, or the folder cannot be written.
    """
    path = folder / ".lock"
    with writing(path):
        file = path.open("wb")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            hint = "let it finish; nothing is submitted twice if this is run again then"
            raise DataError("another process is at work on this export", path=folder, hint=hint) from exc
        yield


def digest(path: Path) -> str:
    """SHA-256 (hex) of a file.

    Raises:
        DataError: it cannot be read.
    """
    found = hashlib.sha256()
    with opened(path) as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def lines(path: Path, *, limit: int = MAX_LINE_BYTES) -> Iterator[tuple[int, bytes | None]]:
    """Number (from 1) and content of each line that is not blank; None for one of more than `limit` bytes.

    Raises:
        DataError: the file cannot be read.
    """
    with opened(path) as file:
        number = 0
        while line := file.readline(limit + 1):
            number += 1
            if len(line) > limit and not line.endswith(b"\n"):
                _skip_line(file)
                yield number, None
            elif line.strip():
                yield number, line


def _skip_line(file: BinaryIO) -> None:
    while rest := file.readline(_BLOCK):
        if rest.endswith(b"\n"):
            return


def _sync_folder(folder: Path) -> None:
    # A rename is on disk once the folder is.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
