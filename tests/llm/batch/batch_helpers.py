"""What the batch tests share: requests, exports and a look into what they wrote."""

import asyncio
import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from tilth.llm import Message, Price, Request
from tilth.llm.batch import BatchApi, Exported, HostedBatches, write_requests
from tilth.llm.store import Store
from tilth.testing import FakeClock

KEY = "sk-very-secret-0123456789"
PRICE = Price(1.0, 10.0, as_of=date(2026, 1, 1))


GRADES = {
    "type": "object",
    "properties": {"grade": {"enum": [0, 1]}},
    "required": ["grade"],
    "additionalProperties": False,
}


def question(
    number: int | str, *, endpoint: str = "http://127.0.0.1:9/v1", text: str = "pair", **changes: Any
) -> Request:
    """A request that names its number in the prompt and as its key."""
    fields = {
        "model": "m",
        "messages": (Message("system", "Judge."), Message("user", f"{text} {number}")),
        "schema": GRADES,
        "sampling": {"max_tokens": 50},
        "endpoint": endpoint,
        "key": (f"u{number}", f"j{number}"),
    }
    return Request(**{**fields, **changes})


def questions(count: int, **changes: Any) -> list[Request]:
    return [question(number, **changes) for number in range(count)]


def export(requests: Iterable[Request], folder: Path, store: Store, **limits: Any) -> Exported:
    return write_requests(requests, folder, store=store, **limits)


def json_lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def ids_in(path: Path) -> list[str]:
    return [line["custom_id"] for line in json_lines(path)]


def put_lines(path: Path, lines: Iterable[Any]) -> Path:
    """JSON values as lines; bytes as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    )
    return path


def answer_line(request: Request, text: str = '{"grade": 1}', **more: Any) -> dict[str, Any]:
    """As a hosted batch writes an answer: 3 tokens in, 2 out."""
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    body = {"model": "m", "choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}
    response = {"status_code": 200, "request_id": "r", "body": body}
    return {"id": "b", "custom_id": request.fingerprint, "response": response, "error": None, **more}


def hosted(folder: Path, base_url: str, store: Store, use: Callable[[HostedBatches], Any], **options: Any) -> Any:
    """Await what `use` makes of the batches of an export; waiting takes no time."""

    async def run() -> Any:
        async with BatchApi(base_url, api_key=KEY, timeout_s=10) as api:
            return await use(HostedBatches(folder, api, store, **{"clock": FakeClock(), **options}))

    return asyncio.run(run())
