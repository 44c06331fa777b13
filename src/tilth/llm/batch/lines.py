"""One line of a result or error file: an answer, a failure, or nothing that can be used."""

from typing import Any

import msgspec

from tilth.errors import TransportError
from tilth.llm.envelope import read_envelope
from tilth.llm.reply import Reply
from tilth.llm.text import shorten

_SHOWN_CHARS = 200
_OK = 200
_NULL = msgspec.Raw(b"null")


class Failed(msgspec.Struct, frozen=True):
    """Why a request of a batch has no answer: a `reason` to count by, and what the provider said."""

    reason: str
    detail: str


class Line(msgspec.Struct, frozen=True):
    """What a line says about the request `fingerprint`: exactly one of a reply and a failure."""

    fingerprint: str
    reply: Reply | None = None
    failed: Failed | None = None


class _Response(msgspec.Struct):
    status_code: int = _OK
    body: msgspec.Raw = _NULL


class _Result(msgspec.Struct):
    custom_id: str
    response: _Response | None = None
    error: msgspec.Raw = _NULL


_RESULT = msgspec.json.Decoder(_Result)


def read_line(line: bytes) -> Line:
    """Read a line of OpenAI's output and error files, or of the one file that `vllm run-batch` writes.

    The two differ in failures: OpenAI has the provider's error as `response.body` where the request got an HTTP
    status, and else `error` with `code` and `message`; vLLM has `response.body` null and in `error` a text, or an
    object whose own `error` holds the message. All are read here.

    Raises:
        ValueError: it is no line of such a file.
    """
    try:
        result = _RESULT.decode(line)
    except RecursionError as exc:
        raise ValueError("it is nested too deeply") from exc
    response, error = result.response, _plain(result.error)
    body = bytes(_NULL if response is None else response.body)
    if response is not None and response.status_code != _OK:
        said = error if error is not None else _plain(body)
        return Line(result.custom_id, failed=Failed(f"HTTP {response.status_code}", _message(said)))
    if error is not None:
        return Line(result.custom_id, failed=Failed(_code(error), _message(error)))
    if body == b"null":
        return Line(result.custom_id, failed=Failed("no response", "neither a response nor an error came"))
    try:
        return Line(result.custom_id, reply=read_envelope(body, where="batch", latency_s=None, shown=_shown))
    except TransportError as exc:
        return Line(result.custom_id, failed=Failed("no chat completion", str(exc)))


def _plain(raw: bytes | msgspec.Raw) -> Any:
    """The value of a piece of JSON; what cannot be read is shown as it stands."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return bytes(raw).decode("utf-8", "replace")


def _inner(error: Any) -> Any:
    """The object with code and message, which some wrap once more."""
    inner = error.get("error") if isinstance(error, dict) else None
    return inner if isinstance(inner, dict) else error


def _code(error: Any) -> str:
    error = _inner(error)
    code = (error.get("code") or error.get("type")) if isinstance(error, dict) else None
    return _shown(str(code)) if isinstance(code, str | int) else "error"


def _message(error: Any) -> str:
    error = _inner(error)
    message = error.get("message") if isinstance(error, dict) else error
    if isinstance(message, str):
        return _shown(message)
    return "(no message)" if error is None else _shown(msgspec.json.encode(error).decode())


def _shown(text: str) -> str:
    return shorten(" ".join(text.split()), _SHOWN_CHARS)
