"""The three routes that score.

Plain ASGI inside Litestar: its request and response objects and its injection cost as much as a fifth of scoring, and a
body that is bytes both ways has no use for them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from tilth.apps.serve.bodies import read_body
from tilth.apps.serve.problems import RequestError, not_allowed
from tilth.apps.serve.requests import Headers, deadline, decoded, named_key, request_id
from tilth.apps.serve.server import Server
from tilth.apps.serve.service import Answered, answer_filter, answer_score
from tilth.apps.serve.watch import Facts, facts_of
from tilth.client.messages import (
    MAX_BATCH_CANDIDATES,
    BatchReply,
    BatchRequest,
    Entity,
    FilterRequest,
    Offered,
    ScoreRequest,
)

LIGHT = 300
"""Up to so many known candidates are scored where the request is read; more, or texts, go to a thread of their own, so
that health checks and small requests do not wait for them."""

Asked = TypeVar("Asked", FilterRequest, ScoreRequest, BatchRequest)
Result = TypeVar("Result")
Work = Callable[[Server, Asked, Facts, float | None], Awaitable[msgspec.Struct]]
"""Asked what, and until which `time.perf_counter()` -> the reply."""


def scoring_routes(server: Server) -> list[ASGIRouteHandler]:
    return [
        _posted(server, "/v1/filter", FilterRequest, filter_one),
        _posted(server, "/v1/filter/batch", BatchRequest, filter_batch),
        _posted(server, "/v1/score", ScoreRequest, score_one),
    ]


async def filter_one(server: Server, asked: FilterRequest, facts: Facts, until: float | None) -> msgspec.Struct:
    loaded = server.serving.filtering()
    offered = [asked.context, *asked.candidates]
    reply, answered = await _compute(server, offered, lambda: answer_filter(loaded, asked, facts.request_id, until))
    _note(server, facts, [answered], reply.warnings)
    return reply


async def filter_batch(server: Server, asked: BatchRequest, facts: Facts, until: float | None) -> msgspec.Struct:
    everything = [one for each in asked.requests for one in (each.context, *each.candidates)]
    if len(everything) - len(asked.requests) > MAX_BATCH_CANDIDATES:
        raise RequestError(422, "invalid_request", f"more than {MAX_BATCH_CANDIDATES:,} candidates in all", "requests")
    loaded = server.serving.filtering()
    named = [(each, f"{facts.request_id}-{place}") for place, each in enumerate(asked.requests)]
    answers = await _compute(
        server, everything, lambda: [answer_filter(loaded, each, one, until) for each, one in named]
    )
    _note(server, facts, [answered for _, answered in answers], [one for reply, _ in answers for one in reply.warnings])
    return BatchReply([reply for reply, _ in answers])


async def score_one(server: Server, asked: ScoreRequest, facts: Facts, until: float | None) -> msgspec.Struct:
    loaded = server.serving.filtering()
    offered = [asked.context, *asked.candidates]
    reply = await _compute(server, offered, lambda: answer_score(loaded, asked, facts.request_id, until))
    facts.candidates = len(reply.scores)
    server.metrics.ignored.inc(len(reply.warnings))
    return reply


def _posted(server: Server, path: str, kind: type[Asked], work: Work[Asked]) -> ASGIRouteHandler:
    encoder = msgspec.json.Encoder()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            raise not_allowed("POST")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        facts = facts_of(scope)
        config = server.serving.config
        until = admit(server, headers, facts, config.deadline)
        body = await read_body(receive, headers.get("content-length"), config.max_body_kb * 1024)
        reply = await work(server, decoded(headers, body, kind), facts, until)
        await send_json(send, encoder.encode(reply))

    return asgi(path, copy_scope=False)(answer)


def admit(server: Server, headers: Headers, facts: Facts, deadline_ms: float | None) -> float | None:
    """Until when to answer. Raises RequestError for one who may not ask, or whose headers cannot be used."""
    facts.request_id = request_id(headers, facts.request_id)
    facts.key = named_key(headers, server.serving.config.keys)
    return deadline(headers, deadline_ms, facts.started)


async def send_json(send: Send, body: bytes) -> None:
    await send_reply(send, 200, {"content-type": "application/json"}, body)


async def send_reply(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """A whole answer at once."""
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    pairs.append((b"content-length", str(len(body)).encode("ascii")))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _compute(server: Server, offered: list[Offered], work: Callable[[], Result]) -> Result:
    light = len(offered) <= LIGHT and not any(isinstance(one, Entity) for one in offered)
    return work() if light else await asyncio.get_running_loop().run_in_executor(server.heavy, work)


def _note(server: Server, facts: Facts, answered: list[Answered], warnings: list[str]) -> None:
    server.note(answered)
    if warnings:
        server.metrics.ignored.inc(len(warnings))
    counts = [one.counts for one in answered]
    facts.candidates = sum(one.candidates for one in counts)
    facts.dropped = sum(one.dropped for one in counts)
    facts.unknown = sum(one.unknown for one in counts)
    facts.late = sum(one.late for one in counts)
