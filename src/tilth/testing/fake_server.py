"""A fake LLM server on a real socket."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from tilth.testing.batch_endpoints import BatchEndpoints
from tilth.testing.batch_script import BatchScript
from tilth.testing.chat import AnswerFunction, ChatEndpoint, failed
from tilth.testing.faults import Faults
from tilth.testing.hidden import Door, HiddenLimits

_START_S = 10.0
_MAX_REQUEST_BYTES = 64 * 2**20


class FakeLLMServer:
    """Speaks `/v1/chat/completions`, `/v1/models`, `/v1/files` and `/v1/batches` on 127.0.0.1, while in a `with` block.

    It has a thread of its own.

        with FakeLLMServer(lambda request: {"grade": 1}) as server:
            transport = HttpTransport(server.base_url, api_key=None)

    `/stats` gives its counters as JSON. `python -m tilth.testing.server` runs it in a process of its own.

    Args:
        answer: from the request's JSON to the answer: a text, or a mapping that is sent as JSON. Runs in the server's
            thread; where it raises, the client sees a 500.
        faults: what goes wrong, and when.
        limits: how much it takes before it refuses calls or lets them wait.
        latency_s: how long every answer takes.
        require_key: the bearer token without which a call gets a 401.
        models: the models there are; a call to any other gets a 404. None: any name will do.
        remember: how many of the latest requests are kept in `requests`.
        batches: how batches go.
        port: 0: any that is free.
    """

    def __init__(
        self,
        answer: AnswerFunction,
        *,
        faults: Faults | None = None,
        limits: HiddenLimits | None = None,
        latency_s: float = 0.0,
        require_key: str | None = None,
        models: Sequence[str] | None = None,
        remember: int = 1000,
        batches: BatchScript | None = None,
        port: int = 0,
    ) -> None:
        self.batches = BatchEndpoints(batches)
        self._answer, self._models, self._port = answer, models, port
        self._ready = threading.Event()
        self._trouble: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = asyncio.Event()
        self._door = Door(limits or HiddenLimits())
        self._chat = ChatEndpoint(
            answer,
            faults=faults or Faults(),
            latency_s=latency_s,
            door=self._door,
            key=require_key,
            models=None if models is None else frozenset(models),
            remember=remember,
            closing=self._closing,
        )
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
        return self._chat.calls

    @property
    def refused(self) -> int:
        """Those of the calls that came without the right key."""
        return self._chat.without_key

    @property
    def accepted(self) -> int:
        """Calls that were within the limits."""
        return self._door.accepted

    @property
    def limited(self) -> int:
        """Calls that were refused by a limit, with a 429."""
        return self._door.refused

    @property
    def max_in_flight(self) -> int:
        """The most calls that were under way at one time."""
        return self._chat.max_in_flight

    @property
    def answered_bodies(self) -> Mapping[str, int]:
        """SHA-256 of a request's body -> how often it was answered with a 200: above 1, it was paid for again."""
        return self._chat.answered.copy()

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The JSON of the latest calls, oldest first."""
        return list(self._chat.requests.copy())

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
        app.router.add_post("/v1/chat/completions", self._chat.handle)
        app.router.add_get("/v1/models", self._list_models)
        self.batches.add_to(app, self._answer, self._chat.has_key)
        app.router.add_get("/stats", self._stats)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", self._port)
            await site.start()
            self._port = runner.addresses[0][1]
            self._ready.set()
            await self._closing.wait()
        finally:
            await runner.cleanup()

    async def _list_models(self, request: web.Request) -> web.Response:
        if not self._chat.has_key(request):
            return failed(401, "Incorrect API key provided.", "invalid_request_error")
        listed = [{"id": name, "object": "model"} for name in self._models or ()]
        return web.json_response({"object": "list", "data": listed})

    async def _stats(self, _: web.Request) -> web.Response:
        return web.json_response(self._chat.stats())
