"""The HTTP transport, over a real socket."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from llm_helpers import GRADES, bytes_server, http_response, request_for

from tilth.errors import ConfigError, TransportError
from tilth.llm import HttpTransport, Message, Reply, Request, Usage
from tilth.testing import FakeLLMServer, Fault, Faults

KEY = "sk-very-secret-0123456789"


def answer(_):
    return {"grade": 1}


def send(base_url: str, request: Request | None = None, *, api_key: str | None = None, **options) -> Reply:
    async def once() -> Reply:
        transport = HttpTransport(base_url, api_key=api_key, **options)
        try:
            return await transport.send(request or request_for())
        finally:
            await transport.aclose()

    return asyncio.run(once())


def failure(base_url: str, **options) -> TransportError:
    with pytest.raises(TransportError) as caught:
        send(base_url, **options)
    return caught.value


def failure_of_bytes(response: bytes, **options) -> TransportError:
    async def once() -> None:
        async with bytes_server(response) as base_url:
            transport = HttpTransport(base_url, api_key=KEY, **options)
            try:
                await transport.send(request_for())
            finally:
                await transport.aclose()

    with pytest.raises(TransportError) as caught:
        asyncio.run(once())
    return caught.value


@pytest.mark.parametrize("ending", ["", "/"])
def test_sends_the_request_and_reads_the_reply(ending):
    request = request_for(sampling={"temperature": 0, "max_tokens": 50}, schema_name="grades")
    with FakeLLMServer(answer) as server:
        reply = send(server.base_url + ending, request)
        (sent,) = server.requests
    assert sent == {
        "model": "m",
        "messages": [{"role": "system", "content": "Judge."}, {"role": "user", "content": "pair 0"}],
        "temperature": 0,
        "max_tokens": 50,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "grades", "schema": GRADES, "strict": True},
        },
    }
    assert (reply.text, reply.finish_reason, reply.model, reply.refusal) == ('{"grade": 1}', "stop", "m", None)
    assert reply.usage == Usage(prompt_tokens=3, completion_tokens=2)
    assert reply.latency_s is not None
    assert 0 < reply.latency_s < 5


def test_without_a_schema_no_format_is_asked_for():
    with FakeLLMServer(lambda _: "free text") as server:
        reply = send(server.base_url, request_for(schema=None))
        assert "response_format" not in server.requests[0]
    assert reply.text == "free text"


def test_the_key_is_a_bearer_token():
    with FakeLLMServer(answer, require_key=KEY) as server:
        send(server.base_url, api_key=f"{KEY}\n")
        refused = failure(server.base_url, api_key="sk-other")
        assert (server.calls, server.refused) == (2, 1)
    assert (refused.status, refused.retryable) == (401, False)


def test_user_and_password_of_the_url_are_sent_but_not_shown():
    seen: list[bytes] = []

    async def once() -> None:
        async with bytes_server(http_response("401 Unauthorized", "no: bWU6aHVudGVyMg=="), seen) as base_url:
            transport = HttpTransport(base_url.replace("//", "//me:hunter2@") + "?version=3", api_key=None)
            try:
                await transport.send(request_for())
            finally:
                await transport.aclose()

    with pytest.raises(TransportError) as caught:
        asyncio.run(once())
    assert b"POST /v1/chat/completions?version=3 HTTP/1.1\r\n" in seen[0]
    assert b"Authorization: Basic bWU6aHVudGVyMg==\r\n" in seen[0]  # base64 of me:hunter2
    assert "hunter2" not in str(caught.value)
    assert "bWU6aHVudGVyMg" not in str(caught.value)


def test_the_key_is_not_shown_even_where_the_server_quotes_it():
    body = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}"}})
    for status in ("401 Unauthorized", "200 OK"):
        refused = failure_of_bytes(http_response(status, body))
        assert "Incorrect API key provided: ***" in str(refused)
        assert KEY[:10] not in str(refused)
    assert KEY not in repr(HttpTransport("http://h/v1?key=hunter2", api_key=KEY))
    assert "hunter2" not in repr(HttpTransport("http://h/v1?key=hunter2", api_key=KEY))


def test_what_is_no_http_leaves_no_trace_of_the_key():
    error = failure_of_bytes(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    assert error.retryable
    seen: BaseException | None = error
    while seen is not None:
        assert KEY not in repr(seen)
        seen = seen.__cause__
    assert error.__suppress_context__


@pytest.mark.parametrize(
    ("status", "retryable"),
    [
        ("400 Bad Request", False),
        ("403 Forbidden", False),
        ("404 Not Found", False),
        ("408 Request Timeout", True),
        ("409 Conflict", True),
        ("422 Unprocessable Entity", False),
        ("425 Too Early", True),
        ("429 Too Many Requests", True),
        ("500 Internal Server Error", True),
        ("501 Not Implemented", False),
        ("503 Service Unavailable", True),
        ("302 Found", False),
    ],
)
def test_which_failures_may_pass(status, retryable):
    error = failure_of_bytes(http_response(status, "because", "Location: http://127.0.0.1:9/"))
    assert (error.status, error.retryable) == (int(status[:3]), retryable)
    assert f"HTTP {status[:3]}: " in str(error)


def test_a_long_error_body_is_shortened():
    error = failure_of_bytes(http_response("400 Bad Request", "why " * 100_000))
    assert len(str(error)) < 400
    assert "why why" in str(error)


def test_retry_after_in_seconds_and_as_a_date():
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    dates = (f"Retry-After: {format_datetime(moment + timedelta(seconds=90), usegmt=True)}",)
    dates += (f"Date: {format_datetime(moment, usegmt=True)}",)
    assert failure_of_bytes(http_response("429 Too Many Requests", "", "Retry-After: 7")).retry_after == 7
    assert failure_of_bytes(http_response("429 Too Many Requests", "", *dates)).retry_after == 90
    assert failure_of_bytes(http_response("429 Too Many Requests", "")).retry_after is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[]",
        "null",
        '{"choices": []}',
        '{"choices": [{}]}',
        '{"choices": [{"message": {"content": 1}}]}',
        "[" * 100_000,
    ],
)
def test_a_wrong_envelope_may_pass(body):
    error = failure_of_bytes(http_response("200 OK", body))
    assert "not a chat completion" in str(error)
    assert (error.status, error.retryable) == (200, True)
    assert len(str(error)) < 450


def test_content_may_come_in_parts_and_usage_may_be_missing():
    parts = [{"type": "text", "text": '{"grade":'}, {"type": "text", "text": " 1}"}]
    body = json.dumps({"choices": [{"message": {"content": parts}}], "usage": {"prompt_tokens": "many"}})

    async def once() -> Reply:
        async with bytes_server(http_response("200 OK", body)) as base_url:
            transport = HttpTransport(base_url, api_key=None)
            try:
                return await transport.send(request_for())
            finally:
                await transport.aclose()

    reply = asyncio.run(once())
    assert (reply.text, reply.usage, reply.model, reply.finish_reason) == ('{"grade": 1}', Usage(), None, None)


def test_half_a_character_is_replaced():
    with FakeLLMServer(lambda _: "a\ud800b") as server:
        assert send(server.base_url).text == "a?b"


def test_an_answer_that_is_too_large_is_refused_while_reading():
    with FakeLLMServer(answer, faults=Faults.sequence([Fault("megabyte", megabytes=20)])) as server:
        error = failure(server.base_url, max_answer_bytes=10_000)
        assert not error.retryable
        assert "larger than 10000 bytes" in str(error)
        assert send(server.base_url, max_answer_bytes=10_000).text == '{"grade": 1}'


def test_a_server_that_hangs_is_given_up():
    with FakeLLMServer(answer, faults=Faults.sequence(["hang"])) as server:
        started = time.monotonic()
        error = failure(server.base_url, timeout_s=0.2)
    assert 0.15 < time.monotonic() - started < 5
    assert error.retryable
    assert "no answer within 0.2 s" in str(error)


def test_a_reset_connection_and_an_absent_server_may_come_back():
    with FakeLLMServer(answer, faults=Faults.sequence(["reset"])) as server:
        base_url = server.base_url
        assert failure(base_url).retryable
        assert send(base_url).text == '{"grade": 1}'
    gone = failure(base_url)
    assert gone.retryable
    assert gone.status is None
    assert base_url in str(gone)


def test_can_be_used_again_after_closing_and_in_another_event_loop():
    with FakeLLMServer(answer) as server:
        transport = HttpTransport(server.base_url, api_key=None)

        async def twice() -> None:
            for _ in range(2):
                await asyncio.gather(*(transport.send(request_for(number)) for number in range(3)))
                await transport.aclose()

        asyncio.run(twice())
        asyncio.run(twice())
        assert server.calls == 12


@pytest.mark.parametrize("base_url", ["", "llm.test/v1", "ftp://llm.test", "http://", "file:///etc/passwd"])
def test_an_address_that_is_no_http_url_is_refused(base_url):
    with pytest.raises(ConfigError):
        HttpTransport(base_url, api_key=None)


@pytest.mark.parametrize("key", ["sk-one\nsk-two", "sk-ключ"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(key):
    with pytest.raises(ConfigError) as caught:
        HttpTransport("http://h/v1", api_key=key)
    assert key[:5] not in str(caught.value)


def test_messages_may_hold_anything():
    said = "Zoë 🙂 \x00 \ud800 </s>"
    with FakeLLMServer(answer) as server:
        send(server.base_url, request_for(messages=(Message("user", said),)))
        assert server.requests[0]["messages"][0]["content"] == said
