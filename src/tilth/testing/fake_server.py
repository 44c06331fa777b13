"""A fake LLM server on a real socket."""

import asyncio
import hmac
import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from tilth.testing.batch_endpoints import BatchEndpoints
from tilth.testing.batch_script import BatchScript
from tilth.testing.completion import completion, failure
from tilth.testing.faults import Fault, Faults

AnswerFunction = Callable[[dict[str, Any]], str | Mapping[str, Any]]

_START_S = 10.0
_MAX_REQUEST_BYTES = 64 * 2**20


class FakeLLMServer:
    """Speaks `/v1/chat/completions`, `/v1/models`, `/v1/files` and `/v1/batches` on 127.0.0.1, while in a `with` block.

    It has a thread of its own.

        with FakeLLMServer(lambda request: {"grade": 1}) as server:
            transport = HttpTransport(server.base_url, api_key=None)

    Args:
        answer: from the request's JSON to the answer: a text, or a mapping that is sent as JSON. Runs in the server's
            thread; where it raises, the client sees a 500.
        faults: what goes wrong, and when.
        latency_s: how long every answer takes.
        require_key: the bearer token without which a call gets a 401.
        models: the models there are; a call to any other gets a 404. None: any name will do.
        remember: how many of the latest requests are kept in `requests`.
        batches: how batches go.
    """

    def __init__(
        self,
        answer: AnswerFunction,
        *,
        faults: Faults | None = None,
        latency_s: float = 0.0,
        require_key: str | None = None,
        models: Sequence[str] | None = None,
        remember: int = 1000,
        batches: BatchScript | None = None,
    ) -> None:
        self.batches = BatchEndpoints(batches)
        self._answer, self._faults, self._latency_s = answer, faults or Faults(), latency_s
        self._require_key, self._models = require_key, models
        self._lock = threading.Lock()
        self._calls = self._refused = self._in_flight = self._max_in_flight = 0
        self._requests: deque[dict[str, Any]] = deque(maxlen=remember)
        self._ready = threading.Event()
        self._port = 0
        self._trouble: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="fake-llm-server", daemon=True)

    def __enter__(self) -> "FakeLLMServer":
        self._thread.start()
        self._ready.wait(_START_S)
        if self._trouble is not None:
            raise RuntimeError("the fake server could not start") from self._trouble
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join()

    @property
    def base_url(self) -> str:
        """What a client is given, such as `http://127.0.0.1:40123/v1`."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def calls(self) -> int:
        """Chat completions asked for so far, failed ones too."""
        return self._calls

    @property
    def refused(self) -> int:
        """Those of the calls that came without the right key."""
        return self._refused

    @property
    def max_in_flight(self) -> int:
        """The most calls that were under way at one time."""
        return self._max_in_flight

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The JSON of the latest calls, oldest first."""
        with self._lock:
            return list(self._requests)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as exc:  # noqa: BLE001 - handed to the thread that waits for the start
            self._trouble = exc
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        app = web.Application(client_max_size=_MAX_REQUEST_BYTES)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_get("/v1/models", self._list_models)
        self.batches.add_to(app, self._answer, self._has_key)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self._port = runner.addresses[0][1]
            self._ready.set()
            await self._closing.wait()
        finally:
            await runner.cleanup()

    async def _list_models(self, request: web.Request) -> web.Response:
        if not self._has_key(request):
            return _failed(401, "Incorrect API key provided.", "invalid_request_error")
        listed = [{"id": name, "object": "model"} for name in self._models or ()]
        return web.json_response({"object": "list", "data": listed})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        call = self._calls
        self._calls += 1
        fault = self._faults.next(call)
        self._in_flight += 1
        self._max_in_flight = max(self._max_in_flight, self._in_flight)
        try:
            return await self._reply(request, call, fault)
        finally:
            self._in_flight -= 1

    async def _reply(self, request: web.Request, call: int, fault: Fault | None) -> web.StreamResponse:
        if not self._has_key(request):
            self._refused += 1
            return _failed(401, "Incorrect API key provided.", "invalid_request_error")
        try:
            body: dict[str, Any] = json.loads(await request.read())
        except ValueError:
            return _failed(400, "The body is no JSON.", "invalid_request_error")
        with self._lock:
            self._requests.append(body)
        if self._models is not None and body.get("model") not in self._models:
            return _failed(404, f"The model '{body.get('model')}' does not exist.", "invalid_request_error")
        await asyncio.sleep(self._latency_s)
        broken = await self._broken(request, fault)
        return self._completed(body, call, fault) if broken is None else broken

    async def _broken(self, request: web.Request, fault: Fault | None) -> web.StreamResponse | None:
        """Faults that come in place of a completion."""
        match fault:
            case Fault(kind="latency"):
                await asyncio.sleep(fault.seconds)
            case Fault(kind="rate_limit"):
                headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
                return _failed(429, "Rate limit reached.", "rate_limit_error", headers)
            case Fault(kind="server_error"):
                return _failed(500, "The server had an error.", "server_error")
            case Fault(kind="hang"):
                await self._closing.wait()
                return _failed(503, "The server closes.", "server_error")
            case Fault(kind="reset"):
                _reset(request)
                return _failed(500, "Never sent.", "server_error")
            case _:
                pass
        return None

    def _completed(self, body: dict[str, Any], call: int, fault: Fault | None) -> web.Response:
        return web.json_response(completion(body, self._answer(body), fault, call))

    def _has_key(self, request: web.Request) -> bool:
        if self._require_key is None:
            return True
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._require_key}".encode())


def _reset(request: web.Request) -> None:
    transport = request.transport
    if transport is None:
        return
    # Lingering for no time makes the kernel send a reset in place of an orderly end.
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _failed(status: int, message: str, kind: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(failure(message, kind), status=status, headers=headers)
