"""What is said of a request that cannot be answered: one shape, and never a stack trace."""

import re

from litestar.exceptions import HTTPException
from msgspec import ValidationError

from tilth.client.messages import ErrorReply, Problem


class RequestError(Exception):
    """A request that its sender has to change. Becomes a reply with `status`; never leaves the server."""

    def __init__(self, status: int, kind: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status, self.kind, self.message, self.field = status, kind, message, field

    def reply(self) -> ErrorReply:
        return ErrorReply(Problem(self.kind, self.message, self.field))


def invalid(exc: ValidationError) -> RequestError:
    """msgspec says `Expected ... - at `$.candidates[3]``; name the field apart."""
    text, _, place = str(exc).partition(" - at `$")
    field = place.rstrip("`").strip(".") or None
    unknown = re.search(r"unknown field `([^`]*)`", text)
    if unknown:
        field = f"{field}.{unknown.group(1)}" if field else unknown.group(1)
    return RequestError(422, "invalid_request", text, field)


def from_http(exc: HTTPException) -> RequestError:
    """What the framework refuses, in our shape."""
    kinds = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    messages = {
        404: "there is nothing here; GET /docs lists what there is",
        405: "this method is not allowed here; GET /docs lists what is",
        413: "the body is larger than [serve] max_body_kb allows",
    }
    status = exc.status_code
    return RequestError(status, kinds.get(status, "bad_request"), messages.get(status, exc.detail))
