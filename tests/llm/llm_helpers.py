"""What several LLM tests share: a small schema, requests for it, and a server that sends given bytes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tilth.llm import Message, Request

GRADES = {
    "type": "object",
    "properties": {"grade": {"enum": [0, 1]}, "why": {"type": "string"}},
    "required": ["grade"],
    "additionalProperties": False,
}


def request_for(number: int | str = 0, *, endpoint: str = "", model: str = "m", **changes) -> Request:
    """A request that names its number in the prompt and as its key."""
    fields = {
        "model": model,
        "messages": (Message("system", "Judge."), Message("user", f"pair {number}")),
        "schema": GRADES,
        "endpoint": endpoint,
        "key": (f"u{number}", f"j{number}"),
    }
    return Request(**{**fields, **changes})


@asynccontextmanager
async def bytes_server(response: bytes, seen: list[bytes] | None = None) -> AsyncIterator[str]:
    """Answers every connection with the same bytes; yields a base URL, puts the heads of requests into `seen`."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if seen is not None:
            seen.append(head)
        writer.write(response)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


def http_response(status: str, body: str, *headers: str) -> bytes:
    content = body.encode()
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + content
