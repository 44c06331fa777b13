"""The endpoint `/v1/chat/completions` of a fake server."""

import asyncio
import hashlib
import hmac
import json
import socket
import struct
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from tilth.testing.completion import completion, failure, prompt_words
from tilth.testing.faults import Fault, Faults
from tilth.testing.hidden import Door

_LOOK_S = 0.05

AnswerFunction = Callable[[dict[str, Any]], str | Mapping[str, Any]]


class ChatEndpoint:
    """Answers chat completions, keeps to the door's limits, does wrong as scripted, and counts.

    `answered` is by SHA-256 of the body: how often it was answered with a 200.
    """

    def __init__(
        self,
        answer: AnswerFunction,
        *,
        faults: Faults,
        latency_s: float,
        door: Door,
        key: str | None,
        models: frozenset[str] | None,
        remember: int,
        closing: asyncio.Event,
    ) -> None:
        self._answer, self._faults, self._latency_s, self._door = answer, faults, latency_s, door
        self._key, self._models, self._closing = key, models, closing
        self._first: float | None = None
        self.calls = self.without_key = self.in_flight = self.max_in_flight = 0
        self.requests: deque[dict[str, Any]] = deque(maxlen=remember)
        self.answered: Counter[str] = Counter()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        now = asyncio.get_running_loop().time()
        self._first = now if self._first is None else self._first
        call = self.calls
        self.calls += 1
        fault = self._faults.next(call, now - self._first)
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        try:
            return await self._reply(request, call, fault)
        finally:
            self.in_flight -= 1

    def has_key(self, request: web.Request) -> bool:
        """Whether it carries the key that is wanted, if one is."""
        if self._key is None:
            return True
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._key}".encode())

    def stats(self) -> dict[str, int]:
        """The counters, for `/stats`."""
        return {
            "calls": self.calls,
            "without_key": self.without_key,
            "accepted": self._door.accepted,
            "limited": self._door.refused,
            "max_in_flight": self.max_in_flight,
            "answered": self.answered.total(),
            "answered_bodies": len(self.answered),
            "answered_twice": sum(times > 1 for times in self.answered.values()),
        }

    async def _reply(self, request: web.Request, call: int, fault: Fault | None) -> web.StreamResponse:
        if not self.has_key(request):
            self.without_key += 1
            return failed(401, "Incorrect API key provided.", "invalid_request_error")
        content = await request.read()
        try:
            body: dict[str, Any] = json.loads(content)
        except ValueError:
            return failed(400, "The body is no JSON.", "invalid_request_error")
        self.requests.append(body)
        if self._models is not None and body.get("model") not in self._models:
            return failed(404, f"The model '{body.get('model')}' does not exist.", "invalid_request_error")
        return await self._served(request, content, body, call, fault)

    async def _served(
        self, request: web.Request, content: bytes, body: dict[str, Any], call: int, fault: Fault | None
    ) -> web.StreamResponse:
        loop, door, words, said = asyncio.get_running_loop(), self._door, prompt_words(body), 0
        if not door.admit(words, loop.time()):
            headers = door.headers(loop.time(), refused_tokens=words)
            return failed(429, "Rate limit reached.", "rate_limit_error", headers)
        try:
            async with door.slot():
                await asyncio.sleep(self._latency_s)
                broken = await self._broken(request, fault)
            if broken is not None:
                return broken
            reply = completion(body, self._answer(body), fault, call)
            said = reply.get("usage", {}).get("completion_tokens", 0)
            self.answered[hashlib.sha256(content).hexdigest()] += 1
        finally:
            door.leave(said, loop.time())
        return web.json_response(reply, headers=door.headers(loop.time()))

    async def _until_left(self, request: web.Request) -> None:
        """Until the client gives up, or the server closes."""
        while not self._closing.is_set() and not _is_gone(request):
            await asyncio.sleep(_LOOK_S)

    async def _broken(self, request: web.Request, fault: Fault | None) -> web.StreamResponse | None:
        """Faults that come in place of a completion."""
        match fault:
            case Fault(kind="latency"):
                await asyncio.sleep(fault.seconds)
            case Fault(kind="rate_limit"):
                headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
                return failed(429, "Rate limit reached.", "rate_limit_error", headers)
            case Fault(kind="server_error"):
                return failed(500, "The server had an error.", "server_error")
            case Fault(kind="hang"):
                await self._until_left(request)
                return failed(503, "The server closes.", "server_error")
            case Fault(kind="reset"):
                _reset(request)
                return failed(500, "Never sent.", "server_error")
            case _:
                pass
        return None


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def failed(status: int, message: str, kind: str, headers: dict[str, str] | None = None) -> web.Response:
    """An error as OpenAI sends it."""
    return web.json_response(failure(message, kind), status=status, headers=headers)


def _reset(request: web.Request) -> None:
    transport = request.transport
    if transport is None:
        return
    # Lingering for no time makes the kernel send a reset in place of an orderly end.
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
