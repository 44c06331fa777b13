"""How a fake batch is worked on: checked, answered request by request, written into result files."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tilth.testing.batch_script import BatchScript
from tilth.testing.completion import completion, failure

Answer = Callable[[dict[str, Any]], str | Mapping[str, Any]]
Line = dict[str, Any]

_PAUSE_EVERY = 100


@dataclass(frozen=True)
class StoredFile:
    """A file that was uploaded, or came out of a batch."""

    id: str
    filename: str
    content: bytes

    def to_json(self) -> dict[str, Any]:
        size = len(self.content)
        return {"id": self.id, "object": "file", "bytes": size, "filename": self.filename, "purpose": "batch"}


@dataclass
class Batch:
    """A batch and how far it is."""

    id: str
    input_file_id: str
    metadata: dict[str, str]
    status: str = "validating"
    total: int = 0
    completed: int = 0
    failed: int = 0
    output_file_id: str | None = None
    error_file_id: str | None = None
    errors: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    created_at: int = field(default_factory=lambda: int(time.time()))

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "input_file_id": self.input_file_id,
            "status": self.status,
            "output_file_id": self.output_file_id,
            "error_file_id": self.error_file_id,
            "created_at": self.created_at,
            "metadata": self.metadata,
            "request_counts": {"total": self.total, "completed": self.completed, "failed": self.failed},
            "errors": {"object": "list", "data": self.errors} if self.errors else None,
        }


async def work_on(
    batch: Batch,
    content: bytes,
    script: BatchScript,
    answer: Answer,
    answered: Counter[str],
    keep: Callable[[bytes, str], StoredFile],
) -> None:
    """Take a batch from `validating` to its end; `keep` stores its result files."""
    await asyncio.sleep(script.validate_s)
    asked, batch.errors = _checked(content, script)
    if batch.errors:
        batch.status = "failed"
        return
    batch.total, batch.status = len(asked), "in_progress" if batch.status == "validating" else batch.status
    good, bad = await _ask_all(batch, asked, script, answer, answered)
    end = {"cancelling": "cancelled"}.get(
        batch.status, "completed" if len(good) + len(bad) == len(asked) else "expired"
    )
    batch.status = "finalizing" if end == "completed" else batch.status
    if end != "completed":
        reached = {line["custom_id"] for line in good + bad}
        bad += [_without_http(one["custom_id"], f"batch_{end}") for one in asked if one["custom_id"] not in reached]
    if script.shuffle is not None:
        random.Random(script.shuffle).shuffle(good)  # noqa: S311 - a repeatable test, no secret
    batch.output_file_id = keep(_jsonl(good), f"{batch.id}_output.jsonl").id if good else None
    batch.error_file_id = keep(_jsonl(bad), f"{batch.id}_error.jsonl").id if bad else None
    batch.status = end


def run_batch(requests: Path, results: Path, answer: Answer, *, model: str | None = None) -> None:
    """What `vllm run-batch -i requests -o results --model MODEL` does: all lines in order into one file.

    A request that names another model than `model` (None: any will do), or for which `answer` raises `ValueError`, is
    a failure as vLLM writes it.
    """
    lines: list[Line] = []
    for text in requests.read_text(encoding="utf-8").splitlines():
        asked = json.loads(text)
        line = {"id": f"vllm-{len(lines)}", "custom_id": asked["custom_id"]}
        response: dict[str, Any] = {"status_code": 200, "request_id": f"vllm-batch-{len(lines)}", "body": None}
        error: Any = None
        try:
            if model is not None and asked["body"]["model"] != model:
                response["status_code"] = 404
                error = {"error": {"message": f"The model `{asked['body']['model']}` does not exist.", "code": 404}}
            else:
                response["body"] = completion(asked["body"], answer(asked["body"]), None, len(lines))
        except ValueError as exc:
            response["status_code"], error = 400, str(exc)
        lines.append({**line, "response": response, "error": error})
    results.write_bytes(_jsonl(lines))


def _checked(content: bytes, script: BatchScript) -> tuple[list[Line], list[dict[str, Any]]]:
    """The requests of a file, or what is wrong with it."""
    if script.invalid is not None:
        return [], [{"code": "invalid", "message": script.invalid, "line": None}]
    asked: list[Line] = []
    seen: set[str] = set()
    for number, text in enumerate(content.splitlines(), start=1):
        try:
            line = json.loads(text)
            name, model = line["custom_id"], line["body"]["model"]
        except (ValueError, LookupError, TypeError):
            return [], [{"code": "invalid_json_line", "message": "This line is not parseable.", "line": number}]
        first_model = asked[0]["body"]["model"] if asked else model
        if name in seen or len(name) > 64 or model != first_model or line.get("url") != "/v1/chat/completions":
            return [], [{"code": "invalid_request", "message": "This line cannot be used.", "line": number}]
        seen.add(name)
        asked.append(line)
    if len(asked) > script.max_requests:
        return [], [{"code": "too_many_tasks", "message": f"More than {script.max_requests} requests.", "line": None}]
    return asked, []


async def _ask_all(
    batch: Batch, asked: list[Line], script: BatchScript, answer: Answer, answered: Counter[str]
) -> tuple[list[Line], list[Line]]:
    """Answers and failures, until all are done or the batch is stopped."""
    good: list[Line] = []
    bad: list[Line] = []
    for place, one in enumerate(asked):
        if script.request_s or place % _PAUSE_EVERY == 0:
            await asyncio.sleep(script.request_s)
        if batch.status == "cancelling" or len(good) == script.expire_after:
            break
        failed = script.failures(one["body"])
        if failed is None:
            answered[one["custom_id"]] += 1
            good.append(_result(one["custom_id"], 200, completion(one["body"], answer(one["body"]), None, place)))
        elif failed[0]:
            bad.append(_result(one["custom_id"], failed[0], failure(failed[1], "invalid_request_error")))
        else:
            bad.append(_without_http(one["custom_id"], failed[1]))
        batch.completed, batch.failed = len(good), len(bad)
    return good, bad


def _result(custom_id: str, status: int, body: Any) -> Line:
    response = {"status_code": status, "request_id": f"req_{custom_id[:8]}", "body": body}
    return {"id": f"batch_req_{custom_id[:8]}", "custom_id": custom_id, "response": response, "error": None}


def _without_http(custom_id: str, code: str) -> Line:
    error = {"code": code, "message": "This request could not be executed."}
    return {"id": f"batch_req_{custom_id[:8]}", "custom_id": custom_id, "response": None, "error": error}


def _jsonl(lines: list[Line]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)
