"""What is said of a request that cannot be answered: one shape, and never a stack trace."""

import re
from collections.abc import Mapping

from litestar.exceptions import HTTPException
from msgspec import ValidationError

from tilth.client.messages import NO_CONTROLS, ErrorReply, Problem

_NAMED = re.compile(r"Object (missing required|contains unknown) field `([^`]*)`")
_QUOTED, _WORD = re.compile(r"`([^`]*)`"), re.compile(r"\w+")
_JSON = {
    "str": "a text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}


class RequestError(Exception):
    """A request that its sender has to change. Becomes a reply with `status`; never leaves the server."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.kind, self.message, self.field = status, kind, message, field
        self.headers = dict(headers or {})

    def reply(self) -> ErrorReply:
        return ErrorReply(Problem(self.kind, self.message, self.field))


def invalid(exc: ValidationError) -> RequestError:
    """msgspec says ``Expected `str`, got `int` - at `$.candidates[3]` ``: in JSON's words, with the field apart."""
    text, _, place = str(exc).partition(" - at `$")
    field = place.rstrip("`").strip(".") or None
    named = _NAMED.fullmatch(text)
    if named:
        field = f"{field}.{named[2]}" if field else named[2]
        what = "this field is missing" if named[1] == "missing required" else "there is no such field"
        return RequestError(422, "invalid_request", what, field)
    if text.endswith(f"matching regex {NO_CONTROLS!r}"):
        return RequestError(422, "invalid_request", "Expected a text without control characters", field)
    return RequestError(422, "invalid_request", _QUOTED.sub(lambda found: _kinds(found[1]), text), field)


def _kinds(types: str) -> str:
    """`str | object` -> a text or an object."""
    return _WORD.sub(lambda found: _JSON.get(found[0], found[0]), types).replace(" | ", " or ")


def not_allowed(method: str) -> RequestError:
    """For a route that answers to `method` only."""
    text = "this method is not allowed here; GET /docs lists what is"
    return RequestError(405, "method_not_allowed", text, headers={"allow": method})


def from_http(exc: HTTPException) -> RequestError:
    """What the framework refuses, in our shape."""
    if exc.status_code == 404:
        return RequestError(404, "not_found", "there is nothing here; GET /docs lists what there is")
    if exc.status_code == 405:
        return not_allowed("GET")
    return RequestError(exc.status_code, "bad_request", exc.detail)
