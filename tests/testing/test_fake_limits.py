"""The fake server's hidden limits, counters and timed faults, and its own process."""

import asyncio
import http.client
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tilth.testing import FakeLLMServer, Faults, HiddenLimits, VirtualClock, run_virtual
from tilth.testing.quota import Quota

BODY = {"model": "m", "messages": [{"role": "user", "content": "one two three"}]}


def ask(base_url: str, path="/v1/chat/completions", body=BODY):
    connection = http.client.HTTPConnection(base_url.removeprefix("http://").removesuffix("/v1"), timeout=10)
    try:
        connection.request("POST" if body else "GET", path, json.dumps(body) if body else None)
        response = connection.getresponse()
        return response.status, json.loads(response.read()), response.headers
    finally:
        connection.close()


def statuses(server: FakeLLMServer, calls: int) -> list[int]:
    with ThreadPoolExecutor(calls) as pool:
        return sorted(pool.map(lambda _: ask(server.base_url)[0], range(calls)))


def test_more_at_once_than_allowed_are_refused():
    with FakeLLMServer(lambda _: "a", limits=HiddenLimits(max_concurrent=3), latency_s=0.3) as server:
        assert statuses(server, 5) == [200, 200, 200, 429, 429]
        assert (server.calls, server.accepted, server.limited) == (5, 3, 2)


def test_more_than_the_slots_wait():
    with FakeLLMServer(lambda _: "a", limits=HiddenLimits(slots=2), latency_s=0.1) as server:
        started = time.monotonic()
        assert statuses(server, 6) == [200] * 6
        assert time.monotonic() - started >= 0.3


def test_a_rate_is_told_in_headers_and_refusals():
    limits = HiddenLimits(requests_per_minute=2, tokens_per_minute=600, rate_headers=True, retry_after=True)
    with FakeLLMServer(lambda _: "a", limits=limits) as server:
        headers = ask(server.base_url)[2]
        assert headers["x-ratelimit-limit-requests"] == "2"
        assert headers["x-ratelimit-remaining-requests"] == "1"
        assert headers["x-ratelimit-remaining-tokens"] == "596"  # three words asked, one answered
        assert headers["x-ratelimit-reset-requests"].endswith("ms")
        assert ask(server.base_url)[0] == 200
        status, _, headers = ask(server.base_url)
        assert status == 429
        assert 50 <= int(headers["Retry-After"]) <= 60


def test_answers_are_counted_by_body():
    with FakeLLMServer(lambda _: "a") as server:
        for number in (0, 1, 1):
            ask(server.base_url, body={**BODY, "seed": number})
        assert sorted(server.answered_bodies.values()) == [1, 2]
        stats = ask(server.base_url, "/stats", None)[1]
    assert (stats["answered"], stats["answered_bodies"], stats["answered_twice"]) == (3, 2, 1)


def test_faults_by_time_and_added_up():
    faults = Faults.at([(5, 65, "server_error")]) + Faults.sequence(["reset"])
    kinds = [fault.kind if (fault := faults.next(call, at)) else None for call, at in enumerate([0, 4.9, 5, 64.9, 65])]
    assert kinds == ["reset", None, "server_error", "server_error", None]


def passed(quota: Quota, times: list[float]) -> list[bool]:
    found = []
    for now in times:
        found.append(quota.has(1, now))
        if found[-1]:
            quota.take(1, now)
    return found


def test_a_fixed_window_begins_anew():
    quota = Quota(2, 10, "fixed")
    assert passed(quota, [0, 9, 9.5, 10, 11, 12]) == [True, True, False, True, True, False]
    assert (quota.reset_s(12), quota.wait_s(1, 12), quota.remaining(12)) == (8, 8, 0)


def test_a_sliding_window_frees_what_is_ten_seconds_old():
    quota = Quota(2, 10, "sliding")
    assert passed(quota, [0, 9, 9.5, 10, 11, 19]) == [True, True, False, True, False, True]
    assert (quota.reset_s(19), quota.wait_s(1, 19), quota.remaining(19)) == (10, 1, 0)


def test_a_bucket_refills_evenly():
    quota = Quota(2, 10, "bucket", burst=1)
    assert passed(quota, [0, 4, 5, 20, 20]) == [True, False, True, True, False]
    assert (quota.reset_s(20), quota.wait_s(1, 20)) == (5, 5)


@pytest.mark.parametrize("arguments", [(1, 10, "leaky"), (0, 10, "fixed"), (1, 0, "fixed")])
def test_quotas_that_are_none_are_refused(arguments):
    with pytest.raises(ValueError, match=r"unknown window|must be above 0"):
        Quota(*arguments)


def test_virtual_time_passes_at_once_and_in_order():
    clock, woken = VirtualClock(), []

    async def main() -> float:
        async def sleeper(seconds: float) -> None:
            await clock.sleep(seconds)
            woken.append(seconds)

        await asyncio.gather(*(sleeper(seconds) for seconds in (7200, 3600, 1)))
        return (clock.utcnow() - VirtualClock().utcnow()).total_seconds() + clock.monotonic()

    started = time.monotonic()
    assert run_virtual(main()) == 7200
    assert time.monotonic() - started < 5
    assert woken == [1, 3600, 7200]


def test_virtual_time_says_when_nothing_will_ever_happen():
    async def forever() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="all wait for each other"):
        run_virtual(forever())


def test_runs_in_a_process_of_its_own():
    command = [sys.executable, "-m", "tilth.testing.server", "--max-concurrent", "1", "--answer", '{"grade": 2}']
    with subprocess.Popen(
        [*command, "--fault-at", "server_error=100-200"], stdout=subprocess.PIPE, text=True
    ) as process:
        base_url = process.stdout.readline().strip()
        status, body, _ = ask(base_url)
        assert (status, body["choices"][0]["message"]["content"]) == (200, '{"grade": 2}')
        assert ask(base_url, "/stats", None)[1]["accepted"] == 1
        process.terminate()
        assert process.wait(10) == 0
