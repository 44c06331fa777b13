"""The access log: one JSON line a request."""

import sys
from pathlib import Path
from typing import Any

import msgspec

MAX_BYTES = 64_000_000


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of whoever asked only the name of the key is written down, never the key."""

    at: str
    request_id: str
    method: str
    path: str
    status: int
    ms: float
    key: str | None = None
    candidates: int | None = None
    dropped: int | None = None
    unknown: int | None = None
    late: int | None = None
    suggestions: int | None = None
    items: int | None = None
    understood: str | None = None
    corrected: bool | None = None
    error: str | None = None


class AccessLog:
    """A sink (`background.Sink`): into `path`, begun anew at `max_bytes` with the file before kept; None: stdout."""

    def __init__(self, path: Path | None, max_bytes: int = MAX_BYTES) -> None:
        self._path, self._max_bytes = path, max_bytes
        self._file: Any = None

    def write(self, entries: list[Line]) -> None:
        content = b"".join(msgspec.json.encode(line) + b"\n" for line in entries)
        if self._path is None:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
            return
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("ab", buffering=0)
        self._file.write(content)
        if self._file.tell() >= self._max_bytes:
            self.close()
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))

    def idle(self) -> None:
        pass

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
