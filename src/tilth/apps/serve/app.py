"""The routes. What a worker is made of stands in `server`, what is decided in `service`."""

import asyncio
import contextlib
import os
import sys
import time
import traceback
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, get
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from tilth.apps.serve import metrics
from tilth.apps.serve.asking import scoring_routes
from tilth.apps.serve.openapi import document
from tilth.apps.serve.page import render_page
from tilth.apps.serve.problems import RequestError, from_http
from tilth.apps.serve.server import Server
from tilth.apps.serve.suggest.demo import demo
from tilth.apps.serve.suggest.route import suggest_route
from tilth.apps.serve.understand.route import understand_route
from tilth.apps.serve.watch import Watched, facts_of

CONFIG_VARIABLE = "TILTH_SERVE_CONFIG"
Bytes = Response[bytes]
AnyRequest = Request[Any, Any, Any]


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
    return _json(server.serving.served)


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
        [
            *scoring_routes(server),
            suggest_route(server),
            understand_route(server),
            demo,
            healthz,
            readyz,
            scrape,
            openapi,
            docs,
        ],
        openapi_config=None,
        lifespan=[lifespan],
        exception_handlers={RequestError: _refuse, HTTPException: _refuse_http, Exception: _fail},
        logging_config=None,
    )
    app.state.server = server
    return Watched(app, server)


def _server(request: AnyRequest) -> Server:
    server: Server = request.app.state.server
    return server


def _json(value: Any) -> Bytes:
    return Response(msgspec.json.encode(value), media_type=MediaType.JSON)


def _refuse(request: AnyRequest, exc: RequestError) -> Bytes:
    facts_of(request.scope).error = exc.kind
    body = msgspec.json.encode(exc.reply())
    return Response(body, status_code=exc.status, media_type=MediaType.JSON, headers=exc.headers)


def _refuse_http(request: AnyRequest, exc: HTTPException) -> Bytes:
    return _refuse(request, from_http(exc))


def _fail(request: AnyRequest, exc: Exception) -> Bytes:
    """A defect of ours: the trace goes to our own log, and the caller learns which request to name."""
    facts = facts_of(request.scope)
    sys.stderr.write(f"{time.strftime('%FT%T')} request {facts.request_id}\n{''.join(traceback.format_exception(exc))}")
    return _refuse(request, RequestError(500, "internal", f"this is a defect; name request {facts.request_id}"))
