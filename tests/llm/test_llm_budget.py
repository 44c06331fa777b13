"""A budget is a hard limit: reserved before a call, settled after it, and whoever else uses the store counts too."""

import asyncio
import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from llm_helpers import request_for

from tilth.errors import ConfigError, LLMError, TransportError
from tilth.llm import (
    Amount,
    Client,
    FixedLimiter,
    HttpTransport,
    Ledger,
    Limits,
    MemoryStore,
    Price,
    Reply,
    Request,
    SqliteStore,
    Store,
    Usage,
    run_all,
)
from tilth.llm.reserve import Reserve, taken
from tilth.testing import FakeClock, FakeLLMServer, Faults

PRICE = Price(1.0, 10.0, as_of=date(2026, 1, 1))
SAMPLING = {"max_tokens": 10}


def ask(number: int, endpoint: str = "") -> Request:
    return request_for(number, endpoint=endpoint, sampling=SAMPLING)


def client_of(server: FakeLLMServer, store: Store, limits: Limits, **options: Any) -> Client:
    transport = HttpTransport(server.base_url, api_key=None, timeout_s=options.pop("timeout_s", 10.0))
    options = {"limiter": FixedLimiter(4), "price": PRICE, "clock": FakeClock(), **options}
    return Client(transport, store=store, ledgers=[Ledger("all", limits)], **options)


def test_the_most_that_a_call_can_take_by_hand():
    request = Request("m", (request_for(1).messages[1],), None, "a", {"max_tokens": 5})
    # 6 bytes of "pair 1", 16 for the turn, 64 for the call, and 5 tokens of answer at ten times the price.
    assert Reserve(PRICE, must_bound=True).of(request) == Amount(pytest.approx((86 + 5 * 10) / 1e6), 91, 1)
    assert Reserve(None, must_bound=False).of(request) == Amount(0.0, 91, 1)


def test_what_calls_take_on_average_is_learned():
    reserve, reserved = Reserve(PRICE, must_bound=True), Amount(0.0, 1000, 1)
    assert reserve.expected_tokens(reserved) == 1000
    for _ in range(200):
        reserve.learn(reserved, 250)
    assert reserve.expected_tokens(reserved) == 250


def test_a_reply_without_usage_counts_in_full_as_uncertain():
    reserved = Amount(0.01, 91, 1)
    assert taken(Reply("x"), reserved) == (Amount(0.0, 0, 1), Amount(0.01, 91, 0))
    assert taken(Reply("x", Usage(7, 3), cost_usd=0.002), reserved) == (Amount(0.002, 10, 1), Amount())


@pytest.mark.parametrize(
    ("limits", "most"),
    [(Limits(requests=12), 12), (Limits(tokens=1000), 199), (Limits(usd=0.002), 199)],
    ids=["requests", "tokens", "money"],
)
def test_the_run_stops_within_the_limit_and_says_what_is_left(limits: Limits, most: int):
    store = MemoryStore()
    with FakeLLMServer(lambda _: {"grade": 1}) as server:
        answers, tally = run_all(client_of(server, store, limits), (ask(n) for n in range(200)))
        assert 0 < server.calls <= most
        account = store.account("all")
    assert (tally.asked, tally.left) == (server.calls, 200 - server.calls)
    assert "budget" in (tally.stopped or "")
    assert account.reserved == account.uncertain == Amount()
    assert account.spent.usd == pytest.approx(tally.cost_usd)
    assert account.spent.requests == server.calls
    for name, limit in (("usd", limits.usd), ("tokens", limits.tokens), ("requests", limits.requests)):
        assert limit is None or getattr(account.spent, name) <= limit
    left = [answer for answer in answers if answer.left]
    assert len(left) == tally.left
    assert all(answer.value is None and "not asked" in (answer.error or "") for answer in left)


def test_more_room_lets_it_go_on_where_it_stopped():
    store = MemoryStore()
    with FakeLLMServer(lambda _: {"grade": 1}) as server:
        run_all(client_of(server, store, Limits(requests=12)), (ask(n) for n in range(30)))
        answers, tally = run_all(client_of(server, store, Limits(requests=100)), (ask(n) for n in range(30)))
        assert server.calls == 30
    assert (tally.cached, tally.calls, tally.left) == (12, 18, 0)
    assert [answer.value for answer in answers] == [{"grade": 1}] * 30


def test_what_is_known_is_given_though_the_budget_is_used_up():
    store = MemoryStore()
    with FakeLLMServer(lambda _: {"grade": 1}) as server:
        run_all(client_of(server, store, Limits(requests=5)), (ask(n) for n in range(95, 100)))
        answers, tally = run_all(client_of(server, store, Limits(requests=5)), (ask(n) for n in range(100)))
    assert (tally.cached, tally.left) == (5, 95)
    assert [answer.value for answer in answers[-5:]] == [{"grade": 1}] * 5


def test_a_repair_needs_room_in_the_budget_too():
    store = MemoryStore()
    with FakeLLMServer(lambda _: "no", faults=Faults()) as server:
        (answer,), tally = run_all(client_of(server, store, Limits(requests=1)), [ask(1)])
        assert server.calls == 1
    assert answer.left
    assert "no readable JSON" in (answer.error or "")
    assert (tally.left, tally.failed) == (1, 0)


def test_a_call_that_may_have_been_billed_counts_in_full():
    store = MemoryStore()
    with FakeLLMServer(lambda _: {"grade": 1}, faults=Faults.sequence(["hang"])) as server:
        client = client_of(server, store, Limits(requests=10), timeout_s=0.2)
        (answer,), _ = run_all(client, [ask(1)])
    account = store.account("all")
    assert answer.value == {"grade": 1}
    assert (account.spent.requests, account.uncertain.requests, account.reserved.requests) == (1, 1, 0)
    assert account.uncertain.tokens == Reserve(PRICE, must_bound=True).of(ask(1)).tokens


@pytest.mark.parametrize("kind", ["rate_limit", "server_error"])
def test_a_call_that_was_refused_costs_nothing(kind: Any):
    store = MemoryStore()
    with FakeLLMServer(lambda _: {"grade": 1}, faults=Faults.sequence([kind, kind])) as server:
        run_all(client_of(server, store, Limits(requests=1)), [ask(1)])
    assert store.account("all").committed.requests == 1


def test_without_access_nothing_is_charged_or_left_open():
    store = MemoryStore()
    with FakeLLMServer(lambda _: {"grade": 1}, require_key="sk") as server, pytest.raises(LLMError, match="401"):
        run_all(client_of(server, store, Limits(requests=100)), (ask(n) for n in range(50)))
    assert store.account("all").committed == Amount()
    assert store.summary().open_claims == 0


def test_money_needs_a_price_and_an_end_of_the_answer():
    class Nothing:
        async def send(self, request):
            raise TransportError("never")

        async def aclose(self):
            pass

    with pytest.raises(ConfigError, match="a budget in money needs a price"):
        Client(Nothing(), store=MemoryStore(), ledgers=[Ledger("all", Limits(usd=1.0))])
    client = Client(Nothing(), store=MemoryStore(), price=PRICE, ledgers=[Ledger("all", Limits(usd=1.0))])
    with pytest.raises(ConfigError, match="max_tokens"):
        asyncio.run(client.ask(request_for(1)))


SHARING = """
import json, sys
sys.path.insert(0, sys.argv[3])
from llm_helpers import request_for
from tilth.llm import Client, FixedLimiter, HttpTransport, Ledger, Limits, SqliteStore, run_all
limit = int(sys.argv[4])
with SqliteStore(sys.argv[2]) as store:
    client = Client(HttpTransport(sys.argv[1], api_key=None), store=store, limiter=FixedLimiter(8),
                    ledgers=[Ledger("all", Limits(requests=limit))])
    sampling = {"max_tokens": 10}
    answers, tally = run_all(client, (request_for(n, sampling=sampling) for n in range(200)))
    print(json.dumps([tally.calls, tally.cached, tally.left, sum(a.value is not None for a in answers)]))
"""


@pytest.mark.parametrize(("limit", "answered"), [(1000, 200), (120, 120)])
def test_two_processes_on_one_store_ask_each_question_once(tmp_path: Path, request: Any, limit: int, answered: int):
    with FakeLLMServer(lambda _: {"grade": 1}, latency_s=0.02) as server:
        arguments = [server.base_url, str(tmp_path / "answers.sqlite"), str(request.path.parent), str(limit)]
        started = [
            subprocess.Popen([sys.executable, "-c", SHARING, *arguments], stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        told = [json.loads(process.communicate(timeout=60)[0]) for process in started]
        assert server.calls == answered
        assert max(server.answered_bodies.values()) == 1
    assert sum(calls for calls, *_ in told) == answered
    if limit > 200:
        assert [usable for *_, usable in told] == [200, 200]
    with SqliteStore(tmp_path / "answers.sqlite") as store:
        assert store.account("all").committed.requests == answered


def test_a_process_that_dies_leaves_what_it_was_asking_to_the_next(tmp_path: Path, request: Any):
    path = tmp_path / "answers.sqlite"
    with FakeLLMServer(lambda _: {"grade": 1}, latency_s=0.3) as server:
        arguments = [server.base_url, str(path), str(request.path.parent), "1000"]
        process = subprocess.Popen([sys.executable, "-c", SHARING, *arguments], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while server.calls < 20 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        process.wait()
        with SqliteStore(path) as store:
            assert store.account("all").reserved.requests > 0
            assert store.reap() > 0
            account = store.account("all")
            assert account.reserved == Amount()
            assert account.uncertain.requests > 0
            client = client_of(server, store, Limits(requests=1000), limiter=FixedLimiter(100), price=None)
            _, tally = run_all(client, (ask(n) for n in range(200)))
    assert (tally.left, tally.failed) == (0, 0)
