"""The body of a chat completion, in both directions, as OpenAI-compatible servers write it."""

import json
from collections.abc import Callable
from typing import Any

import msgspec

from tilth.errors import TransportError
from tilth.llm.reply import Reply, Usage
from tilth.llm.request import Request


def request_body(request: Request) -> bytes:
    body: dict[str, Any] = {
        **request.sampling,
        "model": request.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
    }
    if request.schema is not None:
        wanted = {"name": request.schema_name, "schema": request.schema, "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": wanted}
    try:
        return msgspec.json.encode(body, enc_hook=dict)  # the hook: mappings that are no dict
    except UnicodeEncodeError:  # half a character (a lone surrogate), which only an escape can carry
        return json.dumps(body, default=dict).encode("ascii")


def read_envelope(body: bytes, *, where: str, latency_s: float | None, shown: Callable[[str], str]) -> Reply:
    """The reply in a server's 200 body.

    Raises:
        TransportError: it is not a chat completion. The message names the endpoint `where` and quotes what `shown`
            makes of the body.
    """
    try:
        envelope = _loads(body)
        choice = envelope["choices"][0]
        message = choice["message"]
        text, refusal = _text(message.get("content")), message.get("refusal")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as exc:
        said = shown(body.decode("utf-8", "replace")) or "(empty)"
        raise TransportError(
            f"{where}: the reply is not a chat completion: {said}", status=200, maybe_billed=True
        ) from exc
    return Reply(
        text=_writable(text),
        usage=_usage(envelope.get("usage")),
        latency_s=latency_s,
        finish_reason=_string(choice.get("finish_reason")),
        model=_string(envelope.get("model")),
        refusal=_string(refusal) or None,
    )


def _loads(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:  # the slower one also reads half a character
        return json.loads(body)


def _text(content: Any) -> str:
    """Content is a text, a list of parts, or null (a refusal)."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content if part["type"] == "text")


def _usage(found: Any) -> Usage:
    if not isinstance(found, dict):
        return Usage()
    return Usage(_count(found.get("prompt_tokens")), _count(found.get("completion_tokens")))


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _string(value: Any) -> str | None:
    return _writable(value) if isinstance(value, str) else None


def _writable(text: str) -> str:
    # Half a character (a lone surrogate) fits neither a file nor a database.
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
