"""GET /v1/suggest. Plain ASGI inside Litestar, as the routes that score are."""

import urllib.parse

import msgspec
from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from tilth.apps.serve.asking import admit
from tilth.apps.serve.problems import RequestError, invalid, not_allowed
from tilth.apps.serve.server import Server
from tilth.apps.serve.suggest.answer import answer_suggest
from tilth.apps.serve.watch import facts_of
from tilth.client.messages import SuggestRequest

PATH = "/v1/suggest"
MAX_PARAMETERS = 10
_PREFLIGHT = {
    "access-control-allow-methods": "GET",
    "access-control-allow-headers": "authorization, content-type, tilth-deadline-ms, x-request-id",
    "access-control-max-age": "600",
}

Headers = dict[str, str]


def suggest_route(server: Server) -> ASGIRouteHandler:
    encoder = msgspec.json.Encoder()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - Litestar looks at the names
        if scope["type"] != "http":
            raise not_allowed("GET")
        config = server.serving.config.suggest
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        shared = allowed(headers.get("origin"), config.origins, keyed=bool(server.serving.config.keys))
        if scope["method"] == "OPTIONS" and "access-control-allow-origin" in shared:
            await _send(send, 204, {**shared, **_PREFLIGHT}, b"")
            return
        try:
            if scope["method"] != "GET":
                raise not_allowed("GET")
            facts = facts_of(scope)
            until = admit(server, headers, facts, config.deadline)
            asked = read_query(scope["query_string"])
            offer = answer_suggest(server.serving.suggesting(), asked, facts.request_id, until)
        except RequestError as exc:
            exc.headers.update(shared)  # or the page that asked could not read what is wrong
            raise
        server.note_offer(offer)
        facts.suggestions, facts.items = len(offer.reply.suggestions), len(offer.reply.items)
        caching = f"private, max-age={config.cache_s}" if config.cache_s and not offer.reply.late else "no-store"
        await _send(
            send,
            200,
            {"content-type": "application/json", "cache-control": caching, **shared},
            encoder.encode(offer.reply),
        )

    return asgi(PATH, copy_scope=False)(answer)


def read_query(query: bytes) -> SuggestRequest:
    """Raises:
    RequestError: it is no form-encoded UTF-8, names a parameter twice or one that there is not, or a value is wrong.
    """
    try:
        pairs = urllib.parse.parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except ValueError as exc:  # UnicodeDecodeError is one
        raise RequestError(400, "malformed_query", "the parameters must be form-encoded UTF-8") from exc
    values = dict(pairs)
    if len(values) < len(pairs):
        raise RequestError(422, "invalid_request", "each parameter is given once")
    try:
        return msgspec.convert(values, SuggestRequest, strict=False)
    except msgspec.ValidationError as exc:
        raise invalid(exc) from exc


def allowed(origin: str | None, origins: list[str], *, keyed: bool = False) -> Headers:
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


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    pairs.append((b"content-length", str(len(body)).encode("ascii")))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body, "more_body": False})
