"""Many requests: in order, bounded, each once, and safe to interrupt."""

import asyncio
import signal
import subprocess
import sys
import time

import pytest
from llm_helpers import request_for

from tilth.errors import ConfigError, LLMError
from tilth.llm import (
    AdaptiveLimiter,
    Answer,
    Backoff,
    CachedAnswer,
    Client,
    FixedLimiter,
    HttpTransport,
    MemoryStore,
    RecordedAnswer,
    RecordedTransport,
    Reply,
    Request,
    SqliteStore,
    Store,
    Tally,
    ask_all,
    run_all,
)
from tilth.testing import FakeClock, FakeLLMServer, Faults


def by_number(request):
    return {"grade": int(request["messages"][1]["content"].split()[1]) % 2}


def client_of(server: FakeLLMServer, cache=None, **options) -> Client:
    transport = HttpTransport(server.base_url, api_key=None)
    return Client(transport, store=cache or MemoryStore(), clock=FakeClock(), **options)


def test_answers_come_in_the_order_of_the_requests():
    seen: list[Answer] = []
    with FakeLLMServer(by_number, faults=Faults.random({"latency": 0.3}, seed=1)) as server:
        answers, tally = run_all(
            client_of(server), map(request_for, range(60)), on_answer=lambda answer, _: seen.append(answer)
        )
    assert [answer.value for answer in answers] == [{"grade": number % 2} for number in range(60)]
    assert [answer.request.key for answer in answers] == [(f"u{number}", f"j{number}") for number in range(60)]
    assert (tally.asked, tally.calls, tally.failed) == (60, 60, 0)
    assert sorted(answer.request.key for answer in seen) == sorted(answer.request.key for answer in answers)
    assert seen != answers  # the late ones came later


def test_the_second_run_makes_no_call(tmp_path):
    with FakeLLMServer(by_number) as server:
        runs = []
        for _ in range(2):
            with SqliteStore(tmp_path / "answers.sqlite") as cache:
                runs.append(run_all(client_of(server, cache), map(request_for, range(30))))
        assert server.calls == 30
    (first, _), (second, tally) = runs
    assert [answer.value for answer in first] == [answer.value for answer in second]
    assert tally == Tally(asked=30, cached=30)


def test_each_distinct_request_is_asked_once():
    requests = [request_for(number % 3, key=(str(number),)) for number in range(30)]
    with FakeLLMServer(by_number, latency_s=0.02) as server:
        answers, tally = run_all(client_of(server), requests)
        assert server.calls == 3
    assert [answer.request.key for answer in answers] == [(str(number),) for number in range(30)]
    assert [answer.value for answer in answers] == [{"grade": number % 3 % 2} for number in range(30)]
    assert (tally.asked, tally.cached, tally.calls) == (30, 27, 3)


def test_a_distinct_request_that_fails_is_not_asked_again_in_the_run():
    with FakeLLMServer(by_number, faults=Faults.sequence(["server_error"] * 2)) as server:
        answers, tally = run_all(client_of(server, max_retries=1), [request_for(1)] * 5)
        assert server.calls == 2
    assert [answer.value for answer in answers] == [None] * 5
    assert (tally.asked, tally.failed) == (5, 5)


def test_requests_are_taken_as_they_are_needed():
    taken, seen = [0], []

    def requests():
        for number in range(100):
            taken[0] += 1
            yield request_for(number)

    with FakeLLMServer(by_number) as server:
        run_all(
            client_of(server),
            requests(),
            on_answer=lambda _, tally: seen.append(taken[0] - tally.asked),
            max_pending=8,
        )
        assert server.max_in_flight <= 8
    assert max(seen) <= 8


def test_the_limiter_bounds_what_is_on_the_wire():
    with FakeLLMServer(by_number, latency_s=0.01) as server:
        run_all(client_of(server, limiter=FixedLimiter(4)), map(request_for, range(40)))
        assert server.max_in_flight == 4


def test_faults_of_all_kinds_never_sink_a_run():
    chances = dict.fromkeys(
        ("rate_limit", "server_error", "reset", "cut_off", "malformed_json", "off_list", "refusal", "wrong_envelope"),
        0.06,
    )
    with FakeLLMServer(by_number, faults=Faults.random(chances, seed=5)) as server:
        answers, tally = run_all(client_of(server), map(request_for, range(300)))
        assert tally.calls == server.calls
    assert len(answers) == tally.asked == 300
    assert tally.retries > 20
    assert tally.repairs > 20
    # Unusable twice in a row: (0.24 / 0.76)^2 of 300 are 30, give or take 5.
    assert tally.failed == sum(answer.error is not None for answer in answers) < 60
    for number, answer in enumerate(answers):
        assert answer.value == {"grade": number % 2} or (answer.value is None and answer.error)


def test_without_access_the_run_stops_after_what_was_under_way():
    with FakeLLMServer(by_number, require_key="sk") as server:
        with pytest.raises(LLMError, match="HTTP 401"):
            run_all(client_of(server), map(request_for, range(5000)), max_pending=10)
        assert server.calls <= 10


@pytest.mark.parametrize("where", ["requests", "on_answer"])
def test_the_callers_own_error_comes_through(where):
    def requests():
        yield from map(request_for, range(5))
        if where == "requests":
            raise ZeroDivisionError

    def on_answer(answer: Answer, tally: Tally) -> None:
        if where == "on_answer" and tally.asked == 3:
            raise ZeroDivisionError

    cache = MemoryStore()
    with FakeLLMServer(by_number) as server, pytest.raises(ZeroDivisionError):
        run_all(client_of(server, cache), requests(), on_answer=on_answer, max_pending=1)
    assert cache.count() == (5 if where == "requests" else 3)


def test_no_requests_no_answers():
    assert run_all(Client(RecordedTransport({}), store=MemoryStore()), []) == ([], Tally())


def test_recorded_answers_of_equal_texts_stay_apart():
    answers = {(key,): RecordedAnswer(f'{{"grade": {grade}}}') for key, grade in (("a", 0), ("b", 1))}
    requests = [request_for(0, endpoint="recorded:0123", key=key) for key in answers]
    found, _ = run_all(Client(RecordedTransport(answers), store=MemoryStore()), requests)
    assert [answer.value for answer in found] == [{"grade": 0}, {"grade": 1}]


def test_runs_where_an_event_loop_is_running_already():
    async def notebook(client: Client) -> list[Answer]:
        return run_all(client, map(request_for, range(5)))[0]

    with FakeLLMServer(by_number) as server:
        client = client_of(server)
        answers = asyncio.run(notebook(client))
        again, tally = run_all(client, map(request_for, range(7)))
        assert server.calls == 7
    assert [answer.value for answer in answers] == [answer.value for answer in again[:5]]
    assert tally.cached == 5


def test_an_interrupt_in_a_notebook_ends_the_run_in_its_thread():
    def interrupt(*_):
        raise KeyboardInterrupt

    async def notebook(client: Client) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        run_all(client, map(request_for, range(5)))

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with FakeLLMServer(by_number, faults=Faults.sequence([None, "hang"])) as server:
            cache, started = MemoryStore(), time.monotonic()
            with pytest.raises(KeyboardInterrupt):
                asyncio.run(notebook(client_of(server, cache)))
            assert time.monotonic() - started < 10
            assert cache.count() == 4
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_window_without_room_is_refused():
    with pytest.raises(ConfigError, match="max_pending"):
        run_all(Client(RecordedTransport({}), store=MemoryStore()), [], max_pending=0)


def test_ask_all_leaves_no_task_behind_after_a_failure():
    async def run(server: FakeLLMServer) -> int:
        async with client_of(server) as client:
            with pytest.raises(LLMError):
                await ask_all(client, map(request_for, range(100)))
            return len(asyncio.all_tasks())

    with FakeLLMServer(by_number, require_key="sk") as server:
        assert asyncio.run(run(server)) == 1


ASKING = """
import sys
sys.path.insert(0, sys.argv[3])
from llm_helpers import request_for
from tilth.llm import Client, FixedLimiter, HttpTransport, SqliteStore, run_all
cache = SqliteStore(sys.argv[2])
client = Client(HttpTransport(sys.argv[1], api_key=None), store=cache, limiter=FixedLimiter(2))
try:
    run_all(client, map(request_for, range(10_000)))
except KeyboardInterrupt:
    cache.close()
    sys.exit(130)
"""


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_an_interrupted_run_keeps_what_arrived(tmp_path, request, sent, code):
    path = tmp_path / "answers.sqlite"
    with FakeLLMServer(by_number, latency_s=0.005) as server:
        arguments = [server.base_url, str(path), str(request.path.parent)]
        process = subprocess.Popen([sys.executable, "-c", ASKING, *arguments], stderr=subprocess.PIPE)
        deadline = time.monotonic() + 30
        while server.calls < 40 and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(sent)
        _, stderr = process.communicate(timeout=30)
        assert process.returncode == code, stderr
        calls = server.calls
        with SqliteStore(path) as cache:
            kept = cache.count()
            # A call that the server saw is kept, or known as claimed: on the wire, or waiting for the disk at a kill.
            assert kept <= calls <= kept + cache.summary().open_claims + (sent == signal.SIGINT) * 3
            assert kept >= calls / 2
            _, tally = run_all(client_of(server, cache), map(request_for, range(kept)))
    assert tally.cached >= kept - 3


def unreachable(store: Store) -> Client:
    transport = HttpTransport("http://127.0.0.1:9/v1", api_key=None)
    limiter = AdaptiveLimiter(4, patience_s=1.5)
    return Client(
        transport, store=store, limiter=limiter, first_patience_s=0.5, backoff=Backoff(first_s=0.01, max_s=0.1)
    )


def requests_there(count: int) -> list[Request]:
    return [request_for(number, endpoint="http://127.0.0.1:9/v1") for number in range(count)]


def test_an_endpoint_that_has_never_answered_is_an_error_soon():
    started = time.monotonic()
    with pytest.raises(LLMError, match=r"127\.0\.0\.1:9/v1, model 'm' has not answered a single call"):
        run_all(unreachable(MemoryStore()), requests_there(20))
    assert time.monotonic() - started < 10


def test_one_that_has_answered_before_is_waited_for_and_then_left():
    store, requests = MemoryStore(), requests_there(20)
    reply = Reply('{"grade": 1}')
    store.put_many([CachedAnswer(requests[0].fingerprint, reply, FakeClock().utcnow())])
    answers, tally = run_all(unreachable(store), requests)
    assert (tally.cached, tally.left, tally.failed) == (1, 19, 0)
    assert all(answer.left for answer in answers[1:])
    assert "no answer for" in (tally.stopped or "")
