"""The routes. What a worker is made of stands in `server`, what is decided in `service`."""

import asyncio
import contextlib
import os
import sys
import time
import traceback
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.exceptions import HTTPException, InternalServerException, NotFoundException
from litestar.types import ASGIApp

from tilth.apps.serve import metrics
from tilth.apps.serve.openapi import document
from tilth.apps.serve.page import render_page
from tilth.apps.serve.problems import RequestError, from_http
from tilth.apps.serve.requests import deadline, decoded, named_key, request_id
from tilth.apps.serve.server import Server
from tilth.apps.serve.service import Answered, answer_filter, answer_score
from tilth.apps.serve.watch import Facts, Watched, facts_of
from tilth.client.messages import (
    MAX_BATCH_CANDIDATES,
    BatchReply,
    BatchRequest,
    Entity,
    FilterRequest,
    Offered,
    ScoreReply,
    ScoreRequest,
)

CONFIG_VARIABLE = "TILTH_SERVE_CONFIG"
LIGHT = 300
"""Up to so many known candidates are scored where the request is read; more, or texts, go to a thread of their own, so
that health checks and small requests do not wait for them."""

Asked = TypeVar("Asked", FilterRequest, ScoreRequest, BatchRequest)
Result = TypeVar("Result")
Bytes = Response[bytes]
AnyRequest = Request[Any, Any, Any]


@post("/v1/filter", status_code=200)
async def filter_one(request: AnyRequest) -> Bytes:
    server, facts = _server(request), facts_of(request.scope)
    asked, until = await _admit(server, request, FilterRequest)
    reply, answered = await _compute(
        server, [asked.context, *asked.candidates], lambda: answer_filter(server.loaded, asked, facts.request_id, until)
    )
    _note(server, facts, [answered])
    return _json(reply)


@post("/v1/filter/batch", status_code=200)
async def filter_batch(request: AnyRequest) -> Bytes:
    server, facts = _server(request), facts_of(request.scope)
    asked, until = await _admit(server, request, BatchRequest)
    everything = [one for each in asked.requests for one in (each.context, *each.candidates)]
    if len(everything) - len(asked.requests) > MAX_BATCH_CANDIDATES:
        raise RequestError(422, "invalid_request", f"more than {MAX_BATCH_CANDIDATES:,} candidates in all", "requests")
    loaded = server.loaded

    def answer() -> list[tuple[Any, Answered]]:
        ids = [f"{facts.request_id}-{place}" for place in range(len(asked.requests))]
        return [answer_filter(loaded, each, one, until) for each, one in zip(asked.requests, ids, strict=True)]

    answers = await _compute(server, everything, answer)
    _note(server, facts, [answered for _, answered in answers])
    return _json(BatchReply([reply for reply, _ in answers]))


@post("/v1/score", status_code=200)
async def score_one(request: AnyRequest) -> Bytes:
    server, facts = _server(request), facts_of(request.scope)
    asked, until = await _admit(server, request, ScoreRequest)
    reply: ScoreReply = await _compute(
        server, [asked.context, *asked.candidates], lambda: answer_score(server.loaded, asked, facts.request_id, until)
    )
    facts.candidates = len(reply.scores)
    return _json(reply)


@get("/healthz")
async def healthz() -> Bytes:
    """The process is there and its loop turns."""
    return Response(b'{"status":"ok"}', media_type=MediaType.JSON)


@get("/readyz")
async def readyz(request: AnyRequest) -> Bytes:
    """An artifact is loaded, and the worker is not about to stop."""
    server = _server(request)
    if not server.ready:
        raise RequestError(503, "not_ready", "this worker is starting or stopping")
    return _json(server.loaded.versions)


@get("/metrics")
async def scrape(request: AnyRequest) -> Bytes:
    server = _server(request)
    server.refresh_gauges()
    metrics.forget_dead(server.places.metrics)
    return Response(metrics.exposition(), headers={"content-type": metrics.CONTENT_TYPE})


@get("/openapi.json")
async def openapi() -> Bytes:
    return _json(document())


@get(["/", "/docs"])
async def docs() -> Bytes:
    return Response(render_page(document()).encode(), media_type=MediaType.HTML)


def make_app() -> ASGIApp:
    """A worker's application, for the tilth.toml that the environment names."""
    return application(Server(Path(os.environ[CONFIG_VARIABLE])))


def application(server: Server) -> ASGIApp:
    """The routes over a server, watched for metrics and the access log."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None]:
        watching = asyncio.create_task(server.watch())
        server.ready = True
        yield
        watching.cancel()
        server.close()

    app = Litestar(
        [filter_one, filter_batch, score_one, healthz, readyz, scrape, openapi, docs],
        openapi_config=None,
        lifespan=[lifespan],
        request_max_body_size=server.loaded.config.max_body_kb * 1024,
        exception_handlers={RequestError: _refuse, HTTPException: _refuse_http, Exception: _fail},
        logging_config=None,
    )
    app.state.server = server
    return Watched(app, server)


def _server(request: AnyRequest) -> Server:
    server: Server = request.app.state.server
    return server


async def _admit(server: Server, request: AnyRequest, kind: type[Asked]) -> tuple[Asked, float | None]:
    """The request as it was meant, and until when it is to be answered. Raises RequestError for any other."""
    facts, config = facts_of(request.scope), server.loaded.config
    facts.request_id = request_id(request.headers, facts.request_id)
    facts.key = named_key(request.headers, config.keys)
    until = deadline(request.headers, config.deadline_ms, facts.started)
    return decoded(request.headers, await request.body(), kind), until


async def _compute(server: Server, offered: list[Offered], work: Callable[[], Result]) -> Result:
    light = len(offered) <= LIGHT and not any(isinstance(one, Entity) for one in offered)
    return work() if light else await asyncio.get_running_loop().run_in_executor(server.heavy, work)


def _note(server: Server, facts: Facts, answered: list[Answered]) -> None:
    server.note(answered)
    counts = [one.counts for one in answered]
    facts.candidates = sum(one.candidates for one in counts)
    facts.dropped = sum(one.dropped for one in counts)
    facts.unknown = sum(one.unknown for one in counts)
    facts.late = sum(one.late for one in counts)


def _json(value: Any) -> Bytes:
    return Response(msgspec.json.encode(value), media_type=MediaType.JSON)


def _refuse(request: AnyRequest, exc: RequestError) -> Bytes:
    facts_of(request.scope).error = exc.kind
    headers = {"www-authenticate": "Bearer"} if exc.status == 401 else {}
    body = msgspec.json.encode(exc.reply())
    return Response(body, status_code=exc.status, media_type=MediaType.JSON, headers=headers)


def _refuse_http(request: AnyRequest, exc: HTTPException) -> Bytes:
    if isinstance(exc, InternalServerException):  # Litestar says so when a client hangs up before its body is there
        exc = NotFoundException("the request ended before its body")
    return _refuse(request, from_http(exc))


def _fail(request: AnyRequest, exc: Exception) -> Bytes:
    """A defect of ours: the trace goes to our own log, and the caller learns which request to name."""
    facts = facts_of(request.scope)
    sys.stderr.write(f"{time.strftime('%FT%T')} request {facts.request_id}\n{''.join(traceback.format_exception(exc))}")
    return _refuse(request, RequestError(500, "internal", f"this is a defect; name request {facts.request_id}"))
