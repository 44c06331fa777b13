"""Every request seen from outside: how long it took and how it ended, whatever the routes made of it."""

import datetime
import itertools
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tilth.apps.serve.access import Line
from tilth.apps.serve.server import Server

ROUTES = frozenset(
    {
        "/v1/filter",
        "/v1/filter/batch",
        "/v1/score",
        "/v1/suggest",
        "/v1/understand",
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/docs",
        "/demo",
        "/",
    }
)
_PLACE = "tilth"
_WORKER, _NUMBERS = secrets.token_hex(5), itertools.count()


def _fresh_id() -> str:
    """Of this worker's own random beginning and a number: the system's randomness costs more than all else here."""
    return f"{_WORKER}{next(_NUMBERS):08x}"


@dataclass
class Facts:
    """What the routes find out about a request on the way."""

    request_id: str = field(default_factory=_fresh_id)
    started: float = field(default_factory=time.perf_counter)
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


def facts_of(scope: Any) -> Facts:
    facts: Facts = scope[_PLACE]
    return facts


class Watched:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self._app, self._server = app, server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        facts = Facts()
        watched: Any = scope
        watched[_PLACE] = facts
        status = 499  # nginx's number for a client that hung up; stays if no answer begins

        async def watch_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", facts.request_id.encode("ascii"))]
            await send(message)

        try:
            await self._app(scope, receive, watch_send)
        finally:
            self._write_down(str(scope["method"]), scope["path"], status, facts)

    def _write_down(self, method: str, path: str, status: int, facts: Facts) -> None:
        seconds = time.perf_counter() - facts.started
        route = path if path in ROUTES else "other"
        self._server.metrics.requests.labels(route, str(status)).inc()
        self._server.metrics.seconds.labels(route).observe(seconds)
        if self._server.access is not None:
            now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
            self._server.access.put(
                Line(
                    at=now,
                    request_id=facts.request_id,
                    method=method,
                    path=path[:200],
                    status=status,
                    ms=round(seconds * 1000, 3),
                    key=facts.key,
                    candidates=facts.candidates,
                    dropped=facts.dropped,
                    unknown=facts.unknown,
                    late=facts.late,
                    suggestions=facts.suggestions,
                    items=facts.items,
                    understood=facts.understood,
                    corrected=facts.corrected,
                    error=facts.error,
                )
            )
