"""The bodies that a fake server sends, in the shape of OpenAI's chat completions."""

import json
from collections.abc import Mapping
from typing import Any

from tilth.testing.faults import Fault

_PROSE = 'Let {me} think: {"step": [1, 2, {"and": '


def completion(request: Mapping[str, Any], answer: str | Mapping[str, Any], fault: Fault | None, call: int) -> Any:
    """A 200 body for one request. Tokens are counted as words between blanks."""
    kind = fault.kind if fault else None
    if kind == "wrong_envelope":
        return {"object": "list", "data": []}
    text = answer if isinstance(answer, str) else json.dumps(answer)
    text = _spoilt(text, fault) if fault else text
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if kind == "refusal":
        message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
    prompt_tokens = prompt_words(request)
    completion_tokens = len(str(message["content"] or "").split())
    return {
        "id": f"chatcmpl-{call}",
        "object": "chat.completion",
        "model": request.get("model"),
        "choices": [{"index": 0, "message": message, "finish_reason": "length" if kind == "cut_off" else "stop"}],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
        },
    }


def prompt_words(request: Mapping[str, Any]) -> int:
    """Words of a request's messages."""
    return sum(len(str(turn.get("content", "")).split()) for turn in request.get("messages", []))


def failure(message: str, kind: str) -> dict[str, Any]:
    """An error body as OpenAI writes it."""
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}


def _spoilt(text: str, fault: Fault) -> str:
    if fault.kind == "cut_off":
        return text[: len(text) // 2]
    if fault.kind == "malformed_json":
        return text[:-1]
    if fault.kind == "off_list":
        fields: dict[str, Any] = json.loads(text)
        return json.dumps({**fields, fault.field or next(iter(fields)): fault.value})
    if fault.kind == "megabyte":
        return _PROSE * int(fault.megabytes * 1_000_000 / len(_PROSE)) + text
    return text
