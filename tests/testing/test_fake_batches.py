"""The batch endpoints of the fake server, as a plain HTTP client sees them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tilth.testing import BatchScript, FakeLLMServer

Call = Callable[..., Awaitable[tuple[int, Any]]]


def line(number: int, **changes: Any) -> str:
    body = {"model": "m", "messages": [{"role": "user", "content": f"question {number}"}]}
    request = {"custom_id": f"q{number}", "method": "POST", "url": "/v1/chat/completions", "body": body}
    return json.dumps({**request, **changes})


def with_server(use: Callable[[Call], Awaitable[Any]], *, key: str | None = None, **script: Any) -> Any:
    async def run(base_url: str) -> Any:
        async with aiohttp.ClientSession(headers={"Authorization": "Bearer k"}) as session:

            async def call(method: str, path: str, **sent: Any) -> tuple[int, Any]:
                async with session.request(method, f"{base_url}/{path}", **sent) as response:
                    text = await response.text()
                    is_json = response.content_type == "application/json"
                    return response.status, json.loads(text) if is_json else text

            return await use(call)

    with FakeLLMServer(lambda _: {"grade": 1}, require_key=key, batches=BatchScript(**script)) as server:
        return asyncio.run(run(server.base_url))


async def upload(call: Call, content: str) -> tuple[int, Any]:
    form = aiohttp.FormData()
    form.add_field("purpose", "batch")
    form.add_field("file", content.encode(), filename="asked.jsonl")
    return await call("POST", "files", data=form)


async def create(call: Call, content: str, **changes: Any) -> Any:
    file_id = (await upload(call, content))[1]["id"]
    asked = {"input_file_id": file_id, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    return await call("POST", "batches", json={**asked, "metadata": {"mine": "yes"}, **changes})


async def ended(call: Call, content: str) -> Any:
    batch = (await create(call, content))[1]
    while batch["status"] not in ("completed", "failed", "expired", "cancelled"):
        await asyncio.sleep(0.01)
        batch = (await call("GET", f"batches/{batch['id']}"))[1]
    return batch


async def results(call: Call, file_id: str) -> list[Any]:
    text = (await call("GET", f"files/{file_id}/content"))[1]
    return [json.loads(one) for one in text.splitlines()]


def test_a_batch_goes_from_upload_to_results() -> None:
    async def use(call: Call) -> None:
        status, batch = await create(call, f"{line(1)}\n{line(2)}\n")
        assert (status, batch["status"], batch["metadata"]) == (200, "validating", {"mine": "yes"})
        batch = await ended(call, f"{line(1)}\n{line(2)}\n")
        assert batch["request_counts"] == {"total": 2, "completed": 2, "failed": 0}
        answers = await results(call, batch["output_file_id"])
        assert [one["custom_id"] for one in answers] == ["q1", "q2"]
        assert answers[0]["response"]["status_code"] == 200
        assert answers[0]["response"]["body"]["choices"][0]["message"]["content"] == '{"grade": 1}'
        assert batch["error_file_id"] is None

    with_server(use)


def test_failures_have_a_file_of_their_own() -> None:
    def failing(body: dict[str, Any]) -> tuple[int, str] | None:
        return {"question 1": (400, "Too long."), "question 2": (0, "request_timeout")}.get(
            body["messages"][0]["content"]
        )

    async def use(call: Call) -> None:
        batch = await ended(call, "\n".join(line(n) for n in range(4)))
        assert batch["request_counts"] == {"total": 4, "completed": 2, "failed": 2}
        first, second = await results(call, batch["error_file_id"])
        assert (first["response"]["status_code"], first["response"]["body"]["error"]["message"]) == (400, "Too long.")
        assert (second["response"], second["error"]["code"]) == (None, "request_timeout")

    with_server(use, failures=failing)


def test_what_was_not_reached_has_expired() -> None:
    async def use(call: Call) -> None:
        batch = await ended(call, "\n".join(line(n) for n in range(4)))
        assert batch["status"] == "expired"
        assert len(await results(call, batch["output_file_id"])) == 1
        assert {one["error"]["code"] for one in await results(call, batch["error_file_id"])} == {"batch_expired"}

    with_server(use, expire_after=1)


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (f"{line(1)}\nnot json\n", "invalid_json_line", 2),
        (f"{line(1)}\n{line(1)}\n", "invalid_request", 2),
        (line(1, custom_id="x" * 65), "invalid_request", 1),
        (f"{line(1)}\n{line(2, body={'model': 'other'})}\n", "invalid_request", 2),
        (line(1, url="/v1/embeddings"), "invalid_request", 1),
        (f"{line(1)}\n{line(2)}\n{line(3)}\n", "too_many_tasks", None),
    ],
)
def test_a_file_that_cannot_be_used_fails_the_batch(content: str, code: str, place: int | None) -> None:
    async def use(call: Call) -> None:
        batch = await ended(call, content)
        assert (batch["status"], batch["output_file_id"], batch["error_file_id"]) == ("failed", None, None)
        assert [(one["code"], one["line"]) for one in batch["errors"]["data"]] == [(code, place)]

    with_server(use, max_requests=2)


def test_refusals() -> None:
    async def use(call: Call) -> None:
        assert (await upload(call, "x" * 501))[0] == 413
        assert (await call("GET", "batches/batch_9"))[0] == 404
        assert (await call("POST", "batches/batch_9/cancel"))[0] == 404
        assert (await call("GET", "files/file-9/content"))[0] == 404
        assert (await create(call, line(1), endpoint="/v1/embeddings"))[0] == 400
        assert (await create(call, line(1), input_file_id="file-9"))[0] == 400
        assert (await create(call, line(1), metadata={"k": "v" * 513}))[0] == 400
        done = await ended(call, line(1))
        assert (await call("POST", f"batches/{done['id']}/cancel"))[0] == 409

    with_server(use, max_bytes=500)


def test_without_the_key_nothing_is_done() -> None:
    async def use(call: Call) -> list[int]:
        return [(await upload(call, line(1)))[0], (await call("GET", "batches"))[0], (await call("GET", "files"))[0]]

    assert with_server(use, key="other") == [401, 401, 401]


def test_files_are_listed_and_deleted() -> None:
    async def use(call: Call) -> None:
        file = (await upload(call, line(1)))[1]
        assert (file["filename"], file["bytes"]) == ("asked.jsonl", len(line(1)))
        assert [one["id"] for one in (await call("GET", "files"))[1]["data"]] == [file["id"]]
        assert (await call("DELETE", f"files/{file['id']}"))[1]["deleted"]
        assert (await call("DELETE", f"files/{file['id']}"))[0] == 404
        assert (await call("GET", "files"))[1]["data"] == []

    with_server(use)


def test_batches_are_listed_newest_first_page_by_page() -> None:
    async def use(call: Call) -> None:
        for number in range(3):
            await create(call, line(number))
        first = (await call("GET", "batches?limit=2"))[1]
        assert ([one["id"] for one in first["data"]], first["has_more"]) == (["batch_3", "batch_2"], True)
        last = (await call("GET", "batches?limit=2&after=batch_2"))[1]
        assert ([one["id"] for one in last["data"]], last["has_more"]) == (["batch_1"], False)

    with_server(use)
