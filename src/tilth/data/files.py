"""Opening a local path or a URL for reading, decompressed on the way."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
from pyarrow import fs

from tilth.errors import DataError, TilthError

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
KINDS = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}


def kind_of(path: str) -> str:
    """`csv`, `tsv`, `jsonl` or `parquet`, from the file's name.

    Raises:
        DataError: for any other ending.
    """
    name = _name_of(path)
    compression = compression_of(path)
    kind = KINDS.get((Path(name).with_suffix("") if compression else Path(name)).suffix.lower())
    if kind is None:
        raise DataError(
            "cannot tell the format from the name",
            path=path,
            hint="names end in .csv, .tsv, .jsonl or .parquet, with .gz or .zst behind it if compressed",
        )
    return kind


def compression_of(path: str) -> str | None:
    """`gzip` or `zstd`, from the end of the file's name; None for any other end."""
    return COMPRESSIONS.get(Path(_name_of(path)).suffix.lower())


def resolve_path(path: str, base: Path) -> str:
    """`path` as it is if it is a URL or absolute, else below `base`."""
    return path if "://" in path else str(base / path)


def open_seekable(path: str) -> Any:
    """A random-access file (Parquet needs one). A compressed one is unpacked into memory.

    Raises:
        DataError: when the file is missing or cannot be opened.
    """
    if not compression_of(path):
        return _open(path, "open_input_file")
    with open_stream(path) as stream, reading(path, "cannot be unpacked"):
        return pa.BufferReader(stream.read())


def open_stream(path: str) -> Any:
    """A stream of decompressed bytes.

    Raises:
        DataError: when the file is missing or cannot be opened.
    """
    raw = _open(path, "open_input_stream")
    compression = compression_of(path)
    return pa.CompressedInputStream(raw, compression) if compression else raw


@contextmanager
def reading(path: str, what: str = "cannot be read", hint: str | None = None) -> Generator[None]:
    """Turn whatever a file system or a decoder raises into a `DataError` that names the file.

    Hold it around calls into other libraries only: they raise what they like (fsspec's drivers their vendors' errors,
    Arrow its own, `OSError`, `ValueError` or `UnicodeDecodeError`).
    """
    try:
        yield
    except TilthError:
        raise
    except FileNotFoundError as exc:
        relative = None if "://" in path else "paths are relative to tilth.toml"
        raise DataError("no such file", path=path, hint=relative) from exc
    except Exception as exc:
        if hint is None and compression_of(path):
            hint = "is the file whole, and compressed as its name says?"
        raise DataError(f"{what}: {str(exc) or type(exc).__name__}", path=path, hint=hint) from exc


def _name_of(path: str) -> str:
    """The path without a URL's query, such as a signature."""
    return urlsplit(path).path if path.lower().startswith(("http://", "https://")) else path


def _open(path: str, method: str) -> Any:
    if "://" not in path and Path(path).is_dir():
        raise DataError("is a directory, not a file", path=path, hint="name one file in it")
    with reading(path, "cannot be opened"):
        filesystem, inner = filesystem_of(path)
        # Without this the file system would decompress by ending, and do so a second time above.
        options = {"compression": None} if method == "open_input_stream" else {}
        return getattr(filesystem, method)(inner, **options)


def filesystem_of(path: str) -> tuple[Any, str]:
    """The file system (Arrow's interface) that a local path or a URL is in, and the path within it."""
    if "://" not in path:
        return fs.LocalFileSystem(), path
    try:
        return fs.FileSystem.from_uri(path)
    except (ValueError, pa.ArrowException):
        return _fsspec_filesystem(path)


def _fsspec_filesystem(path: str) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError as exc:
        scheme = path.partition("://")[0]
        raise DataError(
            f"URLs of kind {scheme}:// need the package fsspec", path=path, hint="pip install fsspec"
        ) from exc
    filesystem, inner = fsspec.core.url_to_fs(path)
    return fs.PyFileSystem(fs.FSSpecHandler(filesystem)), inner
