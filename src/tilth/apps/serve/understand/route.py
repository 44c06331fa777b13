"""GET /v1/understand. Plain ASGI inside Litestar, as the routes that score are."""

import msgspec
from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from tilth.apps.serve.asking import admit, send_reply
from tilth.apps.serve.problems import not_allowed
from tilth.apps.serve.requests import parameters
from tilth.apps.serve.server import Server
from tilth.apps.serve.understand.answer import answer_understand
from tilth.apps.serve.watch import facts_of
from tilth.client.messages import UnderstandRequest

PATH = "/v1/understand"
_HEADERS = {"content-type": "application/json", "cache-control": "no-store"}


def understand_route(server: Server) -> ASGIRouteHandler:
    encoder = msgspec.json.Encoder()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - Litestar looks at the names
        if scope["type"] != "http" or scope["method"] != "GET":
            raise not_allowed("GET")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        facts = facts_of(scope)
        until = admit(server, headers, facts, server.serving.config.understand.deadline)
        asked = parameters(scope["query_string"], UnderstandRequest)
        reply = answer_understand(server.serving.understanding(), asked, facts.request_id, until)
        server.note_understood(reply)
        facts.understood, facts.corrected = reply.source, reply.corrected is not None
        await send_reply(send, 200, _HEADERS, encoder.encode(reply))

    return asgi(PATH, copy_scope=False)(answer)
