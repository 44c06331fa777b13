"""A request's body, within bounds."""

from litestar.types import Receive

from tilth.apps.serve.problems import RequestError

DRAINED = 256_000_000
"""Of a body that is too large, up to so many bytes are read and thrown away: a client that is still writing when the
connection closes would see a broken pipe in place of the refusal."""


async def read_body(receive: Receive, announced: str | None, max_bytes: int) -> bytes:
    """The whole body; `announced` is what `Content-Length` says.

    Raises:
        RequestError: it is larger than `max_bytes`, or the client hung up before its end.
    """
    if announced is not None and announced.isdecimal() and int(announced) > DRAINED:
        raise _too_large(max_bytes)
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestError(400, "bad_request", "the request ended before its body")
        if message["type"] == "http.request":
            size += len(message["body"])
            more = message["more_body"] and size <= DRAINED
            if size <= max_bytes:
                parts.append(message["body"])
            else:
                parts.clear()
    if size > max_bytes:
        raise _too_large(max_bytes)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large(max_bytes: int) -> RequestError:
    text = f"the body is larger than the {max_bytes // 1024:,} KB that [serve] max_body_kb allows"
    return RequestError(413, "too_large", text)
