"""The batch endpoints of a fake server: files and batches, worked on in the background."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import BodyPartReader, web

from tilth.testing.batch_script import BatchScript, Operation, Trouble
from tilth.testing.batch_work import Batch, StoredFile, work_on
from tilth.testing.completion import failure

_ENDED = {"failed", "completed", "expired", "cancelled"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BatchEndpoints:
    """`/v1/files` and `/v1/batches`, in the shape of OpenAI's; part of every `FakeLLMServer`, as its `batches`.

    `created` counts the batches that were made, `answered` how often each `custom_id` was answered, which is what a
    provider bills; `calls` counts the calls to each operation.
    """

    def __init__(self, script: BatchScript | None = None) -> None:
        self.script = script or BatchScript()
        self.files: dict[str, StoredFile] = {}
        self.batches: dict[str, Batch] = {}
        self.answered: Counter[str] = Counter()
        self.calls: Counter[Operation] = Counter()
        self._work: set[asyncio.Task[None]] = set()

    @property
    def created(self) -> int:
        return len(self.batches)

    def add_to(
        self,
        app: web.Application,
        answer: Callable[[dict[str, Any]], str | Mapping[str, Any]],
        allowed: Callable[[web.Request], bool],
    ) -> None:
        """Serve the endpoints in `app`: with the answers of `answer`, to those whom `allowed` lets in."""
        self._answer, self._allowed = answer, allowed
        route = app.router.add_route
        route("POST", "/v1/files", self._step("upload", self._upload))
        route("GET", "/v1/files", self._step("list_files", self._list_files))
        route("GET", "/v1/files/{id}/content", self._step("content", self._content))
        route("DELETE", "/v1/files/{id}", self._step("delete_file", self._delete_file))
        route("POST", "/v1/batches", self._step("create", self._create))
        route("GET", "/v1/batches", self._step("list", self._list))
        route("GET", "/v1/batches/{id}", self._step("get", self._get))
        route("POST", "/v1/batches/{id}/cancel", self._step("cancel", self._cancel))
        app.on_cleanup.append(self._stop)

    def _step(self, operation: Operation, handle: Handler) -> Handler:
        async def handled(request: web.Request) -> web.StreamResponse:
            trouble = self._next_trouble(operation)
            self.script.on_step(operation, "before")
            if not self._allowed(request):
                return refused(401, "Incorrect API key provided.")
            if trouble == "rate_limit":
                return refused(429, "Rate limit reached.", {"Retry-After": "0"})
            if trouble == "server_error":
                return refused(500, "The server had an error.")
            response = await handle(request)
            self.script.on_step(operation, "after")
            if trouble == "cut" and isinstance(response, web.Response):
                return await _half_of(response, request)
            if trouble == "drop" and request.transport is not None:
                request.transport.abort()
            return response

        return handled

    def _next_trouble(self, operation: Operation) -> Trouble | None:
        planned, call = self.script.trouble.get(operation, ()), self.calls[operation]
        self.calls[operation] += 1
        return planned[call] if call < len(planned) else None

    async def _upload(self, request: web.Request) -> web.Response:
        found: dict[str, tuple[bytes, str | None]] = {}
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader):
                found[part.name or ""] = bytes(await part.read()), part.filename
        content, name = found.get("file", (None, None))
        if content is None or found.get("purpose", (b"", None))[0] != b"batch":
            return refused(400, "A file and the purpose 'batch' are needed.")
        if len(content) > self.script.max_bytes:
            return refused(413, f"File exceeds the maximum of {self.script.max_bytes} bytes.")
        return web.json_response(self._keep(content, str(name)).to_json())

    def _keep(self, content: bytes, name: str) -> StoredFile:
        file = StoredFile(f"file-{len(self.files) + 1}", name, content)
        self.files[file.id] = file
        return file

    async def _list_files(self, _request: web.Request) -> web.Response:
        listed = [file.to_json() for file in reversed(self.files.values())]
        return web.json_response({"object": "list", "data": listed, "has_more": False})

    async def _content(self, request: web.Request) -> web.Response:
        file = self.files.get(request.match_info["id"])
        if file is None:
            return refused(404, "No such File object.")
        return web.Response(body=file.content, content_type="application/octet-stream")

    async def _delete_file(self, request: web.Request) -> web.Response:
        file = self.files.pop(request.match_info["id"], None)
        if file is None:
            return refused(404, "No such File object.")
        return web.json_response({"id": file.id, "object": "file", "deleted": True})

    async def _create(self, request: web.Request) -> web.Response:
        asked: dict[str, Any] = json.loads(await request.read())
        file = self.files.get(asked.get("input_file_id", ""))
        if file is None:
            return refused(400, "No such File object.")
        if asked.get("endpoint") != "/v1/chat/completions" or asked.get("completion_window") != "24h":
            return refused(400, "endpoint or completion_window is not supported.")
        metadata: dict[str, str] = asked.get("metadata") or {}
        if len(metadata) > 16 or any(len(key) > 64 or len(str(value)) > 512 for key, value in metadata.items()):
            return refused(400, "metadata is too long.")
        batch = Batch(f"batch_{len(self.batches) + 1}", file.id, metadata)
        self.batches[batch.id] = batch
        task = asyncio.create_task(work_on(batch, file.content, self.script, self._answer, self.answered, self._keep))
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return web.json_response(batch.to_json())

    async def _list(self, request: web.Request) -> web.Response:
        limit, after = int(request.query.get("limit", "20")), request.query.get("after")
        newest_first = list(reversed(self.batches.values()))
        ids = [batch.id for batch in newest_first]
        start = ids.index(after) + 1 if after in ids else 0
        page = newest_first[start : start + limit]
        more = start + limit < len(newest_first)
        return web.json_response({"object": "list", "data": [one.to_json() for one in page], "has_more": more})

    async def _get(self, request: web.Request) -> web.Response:
        batch = self.batches.get(request.match_info["id"])
        return refused(404, "No such Batch object.") if batch is None else web.json_response(batch.to_json())

    async def _cancel(self, request: web.Request) -> web.Response:
        batch = self.batches.get(request.match_info["id"])
        if batch is None:
            return refused(404, "No such Batch object.")
        if batch.status in _ENDED:
            return refused(409, f"Cannot cancel a batch with status '{batch.status}'.")
        batch.status = "cancelling"
        return web.json_response(batch.to_json())

    async def _stop(self, _app: web.Application) -> None:
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)


def refused(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(failure(message, "invalid_request_error"), status=status, headers=headers)


async def _half_of(whole: web.Response, request: web.Request) -> web.StreamResponse:
    """Promises all of a body, sends half of it, and goes."""
    body = whole.body if isinstance(whole.body, bytes) else b""
    half = web.StreamResponse(headers={"Content-Length": str(len(body))})
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return half
