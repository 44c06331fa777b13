"""The fake server, spoken to by a plain HTTP client, so that it is tested apart from Tilth's own."""

import asyncio
import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tilth.testing import FakeClock, FakeLLMServer, Fault, Faults

BODY = {"model": "m", "messages": [{"role": "user", "content": "one two three"}]}


def good(_):
    return {"grade": 1, "why": "fits"}


def post(
    server: FakeLLMServer, body=BODY, *, key: str | None = None, method="POST", path="/v1/chat/completions", timeout=10
):
    host = server.base_url.removeprefix("http://").removesuffix("/v1")
    connection = http.client.HTTPConnection(host, timeout=timeout)
    try:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, path, content, {"Authorization": f"Bearer {key}"} if key else {})
        response = connection.getresponse()
        return response.status, json.loads(response.read()), response.headers
    finally:
        connection.close()


def content(server: FakeLLMServer, **options):
    _, body, _ = post(server, **options)
    return body["choices"][0]["message"]["content"]


def one_fault(*faults) -> FakeLLMServer:
    return FakeLLMServer(good, faults=Faults.sequence(faults))


def test_a_completion_has_the_shape_of_openais():
    with FakeLLMServer(good) as server:
        status, body, _ = post(server)
    assert status == 200
    assert body == {
        "id": "chatcmpl-0",
        "object": "chat.completion",
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": '{"grade": 1, "why": "fits"}'},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
    }


def test_the_answer_may_depend_on_the_request_and_may_be_text():
    with FakeLLMServer(lambda request: request["messages"][0]["content"].upper()) as server:
        assert content(server) == "ONE TWO THREE"


def test_counts_and_remembers_the_latest_requests():
    with FakeLLMServer(good, remember=2) as server:
        for number in range(3):
            post(server, {**BODY, "seed": number})
        assert server.calls == 3
        assert [request["seed"] for request in server.requests] == [1, 2]


def test_requires_the_key():
    with FakeLLMServer(good, require_key="sk-1") as server:
        assert [post(server, key=key)[0] for key in (None, "sk-2", "sk-1")] == [401, 401, 200]
        assert (server.calls, server.refused, len(server.requests)) == (3, 2, 1)
        assert post(server, method="GET", path="/v1/models")[0] == 401


def test_models_are_listed_and_others_not_found():
    with FakeLLMServer(good, models=["m"]) as server:
        assert post(server, method="GET", path="/v1/models")[1]["data"] == [{"id": "m", "object": "model"}]
        assert post(server)[0] == 200
        assert post(server, {**BODY, "model": "x"})[0] == 404


def test_a_body_that_is_no_json_is_a_bad_request():
    with FakeLLMServer(good) as server:
        assert post(server, b"{")[0] == 400


def test_knows_how_many_calls_were_under_way_at_once():
    with FakeLLMServer(good, latency_s=0.2) as server, ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: post(server), range(5)))
        assert server.max_in_flight == 5


def test_several_servers_stand_side_by_side():
    with FakeLLMServer(lambda _: "a") as one, FakeLLMServer(lambda _: "b") as two:
        assert (content(one), content(two)) == ("a", "b")


@pytest.mark.parametrize(
    ("fault", "text", "finish_reason"),
    [
        ("cut_off", '{"grade": 1, ', "length"),
        ("malformed_json", '{"grade": 1, "why": "fits"', "stop"),
        ("off_list", '{"grade": "off the list", "why": "fits"}', "stop"),
        (Fault("off_list", field="why", value=3), '{"grade": 1, "why": 3}', "stop"),
        ("refusal", None, "stop"),
    ],
)
def test_answers_that_cannot_be_used(fault, text, finish_reason):
    with one_fault(fault) as server:
        _, body, _ = post(server)
        assert content(server) == '{"grade": 1, "why": "fits"}'
    choice = body["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == (text, finish_reason)
    assert ("refusal" in choice["message"]) == (fault == "refusal")


def test_failures_instead_of_answers():
    with one_fault(
        Fault("rate_limit", retry_after="7"), Fault("rate_limit", retry_after=None), "server_error"
    ) as server:
        replies = [post(server) for _ in range(3)]
        assert [status for status, _, _ in replies] == [429, 429, 500]
        assert [headers.get("Retry-After") for _, _, headers in replies] == ["7", None, None]
        assert all(body["error"]["message"] for _, body, _ in replies)
        assert post(server)[0] == 200


def test_a_wrong_envelope_has_no_choices():
    with one_fault("wrong_envelope") as server:
        status, body, _ = post(server)
    assert status == 200
    assert "choices" not in body


def test_a_megabyte_comes_before_the_answer():
    with one_fault(Fault("megabyte", megabytes=2)) as server:
        text = content(server)
    assert 1_900_000 < len(text) < 2_000_100
    assert text.endswith('{"grade": 1, "why": "fits"}')


def test_late_answers():
    with one_fault(Fault("latency", seconds=0.3)) as server:
        started = time.monotonic()
        assert content(server)
    assert time.monotonic() - started >= 0.3


def test_a_reset_is_a_reset():
    with one_fault("reset") as server, pytest.raises(ConnectionResetError):
        post(server)


def test_a_hang_ends_with_the_patience_of_the_client_and_does_not_delay_the_close():
    with one_fault("hang") as server:
        with pytest.raises(TimeoutError):
            post(server, timeout=0.2)
        started = time.monotonic()
    assert time.monotonic() - started < 5


def test_an_answer_function_that_raises_is_a_server_error(caplog):
    with FakeLLMServer(lambda request: request["no such key"]) as server:
        host = server.base_url.removeprefix("http://").removesuffix("/v1")
        connection = http.client.HTTPConnection(host, timeout=10)
        connection.request("POST", "/v1/chat/completions", json.dumps(BODY))
        assert connection.getresponse().status == 500
        connection.close()
    assert "KeyError" in caplog.text


def test_random_faults_follow_their_seed_and_their_probability():
    def drawn(seed: int) -> list[str | None]:
        faults = Faults.random({"rate_limit": 0.2, "reset": 0.1}, seed=seed)
        return [fault.kind if (fault := faults.next(call)) else None for call in range(2000)]

    assert drawn(1) == drawn(1) != drawn(2)
    # 2000 draws: 400 and 200 expected, standard deviations 17.9 and 13.4; five of them either way.
    assert 310 < drawn(1).count("rate_limit") < 490
    assert 133 < drawn(1).count("reset") < 267


@pytest.mark.parametrize("chances", [{"reset": 1.1}, {"reset": 0.6, "hang": 0.6}, {"reset": -0.1}])
def test_probabilities_that_are_none_are_refused(chances):
    with pytest.raises(ValueError, match="sum to at most 1"):
        Faults.random(chances, seed=0)


def test_unknown_faults_are_refused():
    with pytest.raises(ValueError, match="unknown fault 'explode'"):
        Faults.sequence(["explode"])


def test_the_fake_clock_passes_time_at_once():
    clock = FakeClock()
    start = clock.utcnow()
    asyncio.run(clock.sleep(3600))
    assert (clock.utcnow() - start).total_seconds() == 3600
    assert clock.slept == [3600]
