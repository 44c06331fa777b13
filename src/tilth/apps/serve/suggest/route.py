"""GET /v1/suggest. Plain ASGI inside Litestar, as the routes that score are."""

import msgspec
from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from tilth.apps.serve.asking import admit, send_reply
from tilth.apps.serve.problems import RequestError, not_allowed
from tilth.apps.serve.requests import parameters
from tilth.apps.serve.server import Server
from tilth.apps.serve.suggest.answer import answer_suggest
from tilth.apps.serve.watch import facts_of
from tilth.client.messages import SuggestRequest

PATH = "/v1/suggest"
_PREFLIGHT = {
    "access-control-allow-methods": "GET",
    "access-control-allow-headers": "authorization, content-type, tilth-deadline-ms, x-request-id",
    "access-control-max-age": "600",
}


def suggest_route(server: Server) -> ASGIRouteHandler:
    encoder = msgspec.json.Encoder()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - Litestar looks at the names
        if scope["type"] != "http":
            raise not_allowed("GET")
        config = server.serving.config.suggest
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        shared = allowed(headers.get("origin"), config.origins, keyed=bool(server.serving.config.keys))
        if scope["method"] == "OPTIONS" and "access-control-allow-origin" in shared:
            await send_reply(send, 204, {**shared, **_PREFLIGHT}, b"")
            return
        try:
            if scope["method"] != "GET":
                raise not_allowed("GET")
            facts = facts_of(scope)
            until = admit(server, headers, facts, config.deadline)
            asked = parameters(scope["query_string"], SuggestRequest)
            offer = answer_suggest(server.serving.suggesting(), asked, facts.request_id, until)
        except RequestError as exc:
            exc.headers.update(shared)  # or the page that asked could not read what is wrong
            raise
        server.note_offer(offer)
        facts.suggestions, facts.items = len(offer.reply.suggestions), len(offer.reply.items)
        caching = cache_control(asked, config.cache_s, late=offer.reply.late)
        said = {"content-type": "application/json", "cache-control": caching, **shared}
        await send_reply(send, 200, said, encoder.encode(offer.reply))

    return asgi(PATH, copy_scope=False)(answer)


def cache_control(asked: SuggestRequest, cache_s: int, *, late: bool) -> str:
    """Whether an answer may be shown again: none that came late, and none to somebody's past queries."""
    if asked.history:
        return "private, no-store"
    return f"private, max-age={cache_s}" if cache_s and not late else "no-store"


def allowed(origin: str | None, origins: list[str], *, keyed: bool = False) -> dict[str, str]:
    """What lets a page of another site read the answer, if its site is one of `origins`; and what the answer depends
    on, so that a browser shows none that it got with a key to who asks without (`keyed`: there are keys)."""
    depends = [name for name, matters in (("origin", bool(origins)), ("authorization", keyed)) if matters]
    vary = {"vary": ", ".join(depends)} if depends else {}
    if origin is None or not (origin in origins or "*" in origins):
        return vary
    return {
        **vary,
        "access-control-allow-origin": origin,
        "access-control-expose-headers": "x-request-id",
    }
