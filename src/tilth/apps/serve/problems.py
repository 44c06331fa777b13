"""What is said of a request that cannot be answered: one shape, and never a stack trace."""

import re

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
