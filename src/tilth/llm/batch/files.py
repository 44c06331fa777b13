"""Questions as files, in the format that hosted batch endpoints and `vllm run-batch` read."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tilth.errors import ConfigError, DataError
from tilth.llm.batch.disk import sync, writing
from tilth.llm.batch.manifest import URL, Manifest, RequestFile, TooLarge, has_manifest, write_manifest
from tilth.llm.batch.outstanding import Seen, outstanding
from tilth.llm.clock import Clock, SystemClock
from tilth.llm.envelope import request_body
from tilth.llm.request import Request
from tilth.llm.store import Store

MAX_REQUESTS = 50_000
MAX_BYTES = 200_000_000
"""The limits of a hosted batch: requests and bytes of one file. `vllm run-batch` has none."""

PATTERN = "requests-*.jsonl"


@dataclass(frozen=True)
class Exported:
    """What was written; None stands for the manifest where nothing was left to ask, and so nothing was written."""

    folder: Path
    manifest: Manifest | None
    seen: Seen

    @property
    def requests(self) -> int:
        return 0 if self.manifest is None else self.manifest.requests

    @property
    def files(self) -> list[Path]:
        return [] if self.manifest is None else [self.folder / file.name for file in self.manifest.files]


def write_requests(
    requests: Iterable[Request],
    folder: Path,
    *,
    store: Store,
    about: Mapping[str, str] | None = None,
    max_requests: int = MAX_REQUESTS,
    max_bytes: int = MAX_BYTES,
    on_request: Callable[[], None] | None = None,
    clock: Clock | None = None,
) -> Exported:
    """Write what `store` has no answer to as `requests-00001.jsonl` and so on, and at last `manifest.json`.

    A request's `custom_id` is its fingerprint: 64 characters, the most that the strictest providers take. Each stands
    in one file once. One that by itself is larger than `max_bytes` is listed in the manifest and not written. The
    requests are taken one by one; all must be for one model at one endpoint, as a batch has one. `on_request` is
    called for each that is written. Files of an export that was cut off are replaced.

    Raises:
        ConfigError: a limit below 1, or requests for several models.
        DataError: the folder holds a whole export already, or cannot be written.
        CacheError: the store cannot be read.
    """
    _refuse_unusable(folder, max_requests, max_bytes)
    with writing(folder):
        for left in folder.glob(PATTERN):  # of an export that was cut off
            left.unlink()
    seen, files, first = Seen(), _Files(folder, max_requests, max_bytes), None
    try:
        for request in outstanding(requests, store, seen):
            first = first or request
            _refuse_other_model(first, request)
            files.add(request)
            if on_request is not None:
                on_request()
    finally:
        files.close()
    if first is None:
        return Exported(folder, None, seen)
    manifest = _sealed(first, files, seen, about or {}, clock or SystemClock())
    return Exported(folder, manifest, seen)


def request_line(request: Request) -> bytes:
    """One line of a request file, its end included."""
    head = f'{{"custom_id":"{request.fingerprint}","method":"POST","url":"{URL}","body":'
    return head.encode("ascii") + request_body(request) + b"}\n"


def _sealed(first: Request, files: "_Files", seen: Seen, about: Mapping[str, str], clock: Clock) -> Manifest:
    """The manifest of what was written, which makes it an export."""
    manifest = Manifest(
        export_id=secrets.token_hex(8),
        created_at=clock.utcnow(),
        model=first.model,
        endpoint=first.endpoint,
        about=dict(about),
        requests=sum(file.requests for file in files.done),
        answered=seen.answered,
        duplicates=seen.duplicates,
        too_large=tuple(files.too_large),
        files=tuple(files.done),
    )
    write_manifest(manifest, files.folder)
    return manifest


def _refuse_unusable(folder: Path, max_requests: int, max_bytes: int) -> None:
    if max_requests < 1 or max_bytes < 1:
        raise ConfigError(f"the limits of a file must be at least 1, not {max_requests} requests, {max_bytes} bytes")
    if has_manifest(folder):
        hint = "import its results first, then export to another folder; what was answered is left out there"
        raise DataError("holds an export already", path=folder, hint=hint)


def _refuse_other_model(first: Request, request: Request) -> None:
    if (first.model, first.endpoint) != (request.model, request.endpoint):
        raise ConfigError(
            f"a batch is for one model: '{first.model}' at {first.endpoint} and '{request.model}' at "
            f"{request.endpoint} cannot share one\n  hint: export each into a folder of its own"
        )


@dataclass
class _Files:
    """The files of one export, each closed when the next request would overstep a limit."""

    folder: Path
    max_requests: int
    max_bytes: int
    done: list[RequestFile] = field(default_factory=list[RequestFile])
    too_large: list[TooLarge] = field(default_factory=list[TooLarge])
    _open: "_Open | None" = None

    def add(self, request: Request) -> None:
        line = request_line(request)
        if len(line) > self.max_bytes:
            self.too_large.append(TooLarge(request.fingerprint, request.key, len(line)))
            return
        if self._open is not None and not self._fits(self._open, line):
            self.close()
        if self._open is None:
            self._open = _Open(self.folder / f"requests-{len(self.done) + 1:05d}.jsonl")
        self._open.write(line)

    def close(self) -> None:
        if self._open is not None:
            self.done.append(self._open.close())
            self._open = None

    def _fits(self, file: "_Open", line: bytes) -> bool:
        return file.requests < self.max_requests and file.bytes + len(line) <= self.max_bytes


class _Open:
    """A file of requests that is being written."""

    def __init__(self, path: Path) -> None:
        self._path, self._digest = path, hashlib.sha256()
        self.requests = self.bytes = 0
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = path.open("wb")

    def write(self, line: bytes) -> None:
        with writing(self._path):
            self._file.write(line)
        self._digest.update(line)
        self.requests += 1
        self.bytes += len(line)

    def close(self) -> RequestFile:
        with writing(self._path), self._file:
            sync(self._file)
        return RequestFile(self._path.name, self.requests, self.bytes, self._digest.hexdigest())
