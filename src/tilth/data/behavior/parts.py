"""The pieces of a log that can be read independently of each other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pyarrow import fs, parquet

from tilth.data.behavior.wanted import Wanted
from tilth.data.files import KINDS, compression_of, filesystem_of, kind_of, open_seekable, reading, resolve_path
from tilth.data.from_parquet import HINT, WHAT
from tilth.errors import DataError

PART_ROWS = 1_000_000
WILD = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class LogPart:
    """A file of a log, or some row groups of a Parquet file."""

    path: str
    """As configured: relative to tilth.toml, or a URL."""
    row_groups: tuple[int, ...] | None = None
    """None: the whole file."""
    rows: int | None = None
    """How many records there are, where that is known before reading."""


def log_parts(path: str, wanted: Wanted, *, base: Path, part_rows: int = PART_ROWS) -> list[LogPart]:
    """The parts of one file, of all files in a folder and the folders in it, or of those that a pattern fits.

    Patterns know `*`, `?` and `[...]` within a name, and `**` for any folders. Files are ordered by name; those whose
    names begin with `_` or `.`, are empty, or end in no known format are left out of a folder. Row groups that lie
    side by side are one part, up to `part_rows` rows.

    Raises:
        DataError: there is no such file, or a Parquet file cannot be used: it is damaged, lacks a column, or has one of
            a type that is of no use.
    """
    return [part for file in _files(path, base) for part in _parts_of(file, wanted, base, part_rows)]


def is_of_log(path: str, file: Path, *, base: Path) -> bool:
    """Whether a log configured as `path` has `file` among its files, or would have it once it is there.

    Of paths on this machine; False for a URL.
    """
    where = resolve_path(path, base)
    if "://" in where:
        return False
    root, name = Path(where), file.resolve()
    if root.is_dir():
        return name.is_relative_to(root.resolve()) and _is_log(name.relative_to(root.resolve()).as_posix())
    if root.exists() or not WILD.search(path):
        return name == root.resolve()
    fixed = WILD.split(path)[0].rpartition("/")[0]
    above = Path(WILD.split(where)[0].rpartition("/")[0] or ".").resolve()
    wanted = path[len(fixed) :].lstrip("/").split("/")
    return name.is_relative_to(above) and _fits(name.relative_to(above).parts, wanted)


def _parts_of(path: str, wanted: Wanted, base: Path, part_rows: int) -> list[LogPart]:
    where = resolve_path(path, base)
    if kind_of(where) != "parquet":
        return [LogPart(path)]
    with open_seekable(where) as source, reading(where, WHAT, HINT):
        file = parquet.ParquetFile(source)
        schema, metadata = file.schema_arrow, file.metadata
        sizes = [metadata.row_group(at).num_rows for at in range(metadata.num_row_groups)]
    wanted.check(where, schema)
    if compression_of(where):
        return [LogPart(path, rows=sum(sizes))]
    return _grouped(path, sizes, part_rows)


def _grouped(path: str, sizes: list[int], part_rows: int) -> list[LogPart]:
    parts, groups, rows = list[LogPart](), list[int](), 0
    for at, size in enumerate(sizes):
        if groups and rows + size > part_rows:
            parts.append(LogPart(path, tuple(groups), rows))
            groups, rows = [], 0
        groups.append(at)
        rows += size
    return [*parts, LogPart(path, tuple(groups), rows)]


def _files(path: str, base: Path) -> list[str]:
    """The files that `path` stands for, each as `path` would name it."""
    if path.lower().startswith(("http://", "https://")):
        return [path]
    where = resolve_path(path, base)
    filesystem, inner = filesystem_of(where)
    with reading(where):
        info = filesystem.get_file_info(inner)
    if info.type.name == "Directory":
        found = [name for name in _below(filesystem, inner, where) if _is_log(name)]
        if not found:
            raise DataError("holds no files that can be read", path=where, hint=f"names end in {', '.join(KINDS)}")
        return [f"{path.rstrip('/')}/{name}" for name in found]
    if info.type.name == "NotFound" and WILD.search(path):
        return _matching(path, where)
    return [path]


def _matching(pattern: str, where: str) -> list[str]:
    fixed = WILD.split(pattern)[0].rpartition("/")[0]
    root = WILD.split(where)[0].rpartition("/")[0]
    filesystem, inner = filesystem_of(root)
    wanted = pattern[len(fixed) :].lstrip("/").split("/")
    found = [name for name in _below(filesystem, inner, where) if _fits(name.split("/"), wanted)]
    if not found:
        raise DataError("no file fits the pattern", path=where, hint="empty files are not counted")
    return [f"{fixed}/{name}" if fixed or pattern.startswith("/") else name for name in found]


def _below(filesystem: Any, folder: str, shown: str) -> list[str]:
    """Names below the folder of all files that are not empty, at any depth."""
    with reading(shown):
        infos = filesystem.get_file_info(fs.FileSelector(folder, recursive=True, allow_not_found=True))
    # Stores give paths from their root, with or without a slash before them.
    start = folder.strip("/")
    names = ((info.path.strip("/").removeprefix(start).lstrip("/"), info) for info in infos)
    return sorted(name for name, info in names if info.type.name == "File" and info.size != 0)


def _is_log(name: str) -> bool:
    hidden = any(piece.startswith(("_", ".")) for piece in name.split("/"))
    return not hidden and re.search(rf"({'|'.join(map(re.escape, KINDS))})(\.gz|\.zst)?$", name.lower()) is not None


def _fits(names: Sequence[str], patterns: Sequence[str]) -> bool:
    """Whether the pieces of a path fit those of a pattern."""
    if not patterns:
        return not names
    if patterns[0] == "**":
        return any(_fits(names[at:], patterns[1:]) for at in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], patterns[0]) and _fits(names[1:], patterns[1:])
