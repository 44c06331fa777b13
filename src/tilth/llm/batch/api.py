"""The hosted batch endpoints: files up and down, batches made, looked at and cancelled."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

import aiohttp
import msgspec
from yarl import URL

from tilth.errors import TransportError
from tilth.llm.batch.disk import opened, replacing
from tilth.llm.wire import Wire

Status = Literal["validating", "failed", "in_progress", "finalizing", "completed", "expired", "cancelling", "cancelled"]
ENDED = frozenset({"failed", "completed", "expired", "cancelled"})

_JSON_BYTES = 8_000_000
_ERROR_BODY_BYTES = 8_192
_BLOCK = 1 << 16
_PAGE = 100

T = TypeVar("T")


class Counts(msgspec.Struct, frozen=True):
    """Requests of a batch: all, answered, failed."""

    total: int = 0
    completed: int = 0
    failed: int = 0


class BatchError(msgspec.Struct, frozen=True):
    """Why a batch failed as a whole; `line` of the file of requests, where it is one line's fault."""

    message: str | None = None
    code: str | None = None
    line: int | None = None


class BatchErrors(msgspec.Struct, frozen=True):
    data: list[BatchError] | None = None


class Batch(msgspec.Struct, frozen=True):
    """A batch as the provider describes it. Times are seconds since 1970."""

    id: str
    status: Status
    input_file_id: str | None = None
    output_file_id: str | None = None
    error_file_id: str | None = None
    created_at: int = 0
    metadata: dict[str, str] | None = None
    request_counts: Counts | None = None
    errors: BatchErrors | None = None


class UploadedFile(msgspec.Struct, frozen=True):
    id: str
    filename: str = ""
    bytes: int = 0


class _Page(msgspec.Struct, frozen=True):
    data: list[Batch]
    has_more: bool = False


class _FilePage(msgspec.Struct, frozen=True):
    data: list[UploadedFile]


class BatchApi:
    """Calls to `<base_url>/files` and `<base_url>/batches`, one try each.

    `timeout_s` bounds a small call, and any wait for the next bytes of a large one. All methods raise `TransportError`
    where no usable reply came. Use it in an `async with` block.
    """

    def __init__(self, base_url: str, *, api_key: str | None, timeout_s: float = 60.0) -> None:
        self._wire = Wire(base_url, api_key=api_key)
        self.endpoint = self._wire.endpoint
        self._timeout_s = timeout_s
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"BatchApi({self.endpoint!r})"

    async def __aenter__(self) -> "BatchApi":
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=self._timeout_s, sock_read=self._timeout_s)
        self._session = aiohttp.ClientSession(headers=self._wire.headers, timeout=timeout)
        return self

    async def __aexit__(self, *_: object) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def upload(self, path: Path, name: str) -> UploadedFile:
        """Send a file of requests under a name, block by block.

        Raises:
            DataError: it cannot be read.
        """
        with opened(path) as file:
            form = aiohttp.FormData()
            form.add_field("purpose", "batch")
            form.add_field("file", file, filename=name, content_type="application/jsonl")
            return await self._json("POST", self._wire.url("files"), UploadedFile, data=form)

    async def find_file(self, name: str) -> UploadedFile | None:
        """A file that was sent under that name; None where the provider lists none."""
        query = {"purpose": "batch", "limit": "10000"}
        page = await self._json("GET", self._wire.url("files", query=query), _FilePage)
        return next((file for file in page.data if file.filename == name), None)

    async def create(self, file_id: str, endpoint: str, metadata: Mapping[str, str]) -> Batch:
        """Submit a file that was uploaded. This is what is paid for."""
        body = {
            "input_file_id": file_id,
            "endpoint": endpoint,
            "completion_window": "24h",
            "metadata": dict(metadata),
        }
        return await self._json("POST", self._wire.url("batches"), Batch, json=body)

    async def get(self, batch_id: str) -> Batch:
        return await self._json("GET", self._wire.url("batches", batch_id), Batch)

    async def cancel(self, batch_id: str) -> Batch:
        return await self._json("POST", self._wire.url("batches", batch_id, "cancel"), Batch)

    async def batches(self) -> AsyncIterator[Batch]:
        """All batches of the account, newest first."""
        query = {"limit": str(_PAGE)}
        while True:
            page = await self._json("GET", self._wire.url("batches", query=query), _Page)
            for batch in page.data:
                yield batch
            if not (page.has_more and page.data) or page.data[-1].id == query.get("after"):
                return
            query["after"] = page.data[-1].id

    async def download(self, file_id: str, path: Path, on_bytes: Callable[[int], None] | None = None) -> None:
        """Write a file to `path`, block by block; it stands there only if it came whole.

        Raises:
            DataError: it cannot be written.
        """
        url = self._wire.url("files", file_id, "content")
        with replacing(path) as file:
            async with self._reply("GET", url) as response:
                async for block in response.content.iter_chunked(_BLOCK):
                    file.write(block)
                    if on_bytes is not None:
                        on_bytes(len(block))

    async def _json(self, method: str, url: URL, kind: type[T], **sent: Any) -> T:
        async with self._reply(method, url, **sent) as response:
            body = await _read(response)
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, ValueError, RecursionError) as exc:
            said = self._wire.shown(body.decode("utf-8", "replace")) or "(empty)"
            hint = "\n  hint: does this endpoint have batches? vLLM has not: use `vllm run-batch` on the files"
            raise TransportError(f"{self.endpoint}: not what a batch endpoint says: {said}{hint}", status=200) from exc

    @asynccontextmanager
    async def _reply(self, method: str, url: URL, **sent: Any) -> AsyncGenerator[aiohttp.ClientResponse]:
        if self._session is None:
            raise TransportError(f"{self.endpoint}: is used outside of its `async with` block", retryable=False)
        try:
            async with self._session.request(method, url, allow_redirects=False, **sent) as response:
                if not 200 <= response.status < 300:
                    start = await response.content.read(_ERROR_BODY_BYTES)
                    raise self._wire.failure(response.status, response.headers, start)
                yield response
        except TimeoutError as exc:
            raise TransportError(f"{self.endpoint}: nothing came within {self._timeout_s:g} s") from exc
        except aiohttp.ClientResponseError as exc:
            # Its repr holds the request headers, and with them the key: it must not travel in the chain.
            said = self._wire.shown(exc.message)
            raise TransportError(f"{self.endpoint}: the reply is not HTTP: {said}") from None
        except (aiohttp.ClientError, ConnectionError, asyncio.IncompleteReadError) as exc:
            lasting = isinstance(exc, aiohttp.ClientSSLError)
            what = self._wire.shown(str(exc)) or type(exc).__name__
            raise TransportError(f"{self.endpoint}: cannot be reached: {what}", retryable=not lasting) from exc


async def _read(response: aiohttp.ClientResponse) -> bytes:
    received = bytearray()
    async for block in response.content.iter_chunked(_BLOCK):
        received += block
        if len(received) > _JSON_BYTES:
            break
    return bytes(received)
