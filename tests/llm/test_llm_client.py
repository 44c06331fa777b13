"""The client against a real server: cache, retries, repair, price."""

import asyncio
from datetime import date

import pytest
from llm_helpers import request_for

from tilth.errors import CacheError, ConfigError, LLMError, TransportError
from tilth.llm import (
    Answer,
    Backoff,
    Client,
    FixedLimiter,
    HttpTransport,
    MemoryStore,
    Permit,
    Price,
    RecordedAnswer,
    RecordedTransport,
    Reply,
    SqliteStore,
    Tally,
    Usage,
)
from tilth.testing import FakeClock, FakeLLMServer, Fault, Faults

PRICE = Price(1.0, 10.0, as_of=date(2026, 1, 1))
WITHOUT_JITTER = Backoff(first_s=1, factor=2, max_s=8, jitter=0, retry_after_cap_s=60)


def good(_):
    return {"grade": 1}


class Asked:
    """One client on one server, asked one request after another; closed at the end."""

    def __init__(self, server: FakeLLMServer, **options) -> None:
        self.server, self.clock, self.tally = server, FakeClock(), Tally()
        self.cache = options.pop("cache", None) or MemoryStore()
        self.options = {"backoff": WITHOUT_JITTER, "price": PRICE, **options}

    def __call__(self, *requests) -> list[Answer]:
        async def run() -> list[Answer]:
            transport = HttpTransport(self.server.base_url, api_key="sk-test", timeout_s=0.5)
            async with Client(transport, store=self.cache, clock=self.clock, **self.options) as client:
                return [await client.ask(request, self.tally) for request in requests]

        return asyncio.run(run())


def faulty(*faults) -> FakeLLMServer:
    return FakeLLMServer(good, faults=Faults.sequence(faults))


def test_an_answer_comes_with_everything_to_trace_it():
    request = request_for(1)
    with FakeLLMServer(good) as server:
        asked = Asked(server)
        (answer,) = asked(request)
    # 3 words in at 1 a million, 2 words out at 10 a million.
    assert answer.request is request
    assert (answer.value, answer.error, answer.raw) == ({"grade": 1}, None, '{"grade": 1}')
    assert (answer.usage, answer.cost_usd) == (Usage(3, 2), pytest.approx(23e-6))
    assert (answer.cached, answer.calls) == (False, 1)
    assert answer.latency_s is not None
    assert answer.latency_s > 0
    assert asked.tally == Tally(asked=1, calls=1, prompt_tokens=3, completion_tokens=2, cost_usd=pytest.approx(23e-6))


def test_the_second_time_it_comes_out_of_the_cache(tmp_path):
    with FakeLLMServer(good) as server:
        with SqliteStore(tmp_path / "answers.sqlite") as cache:
            (first,) = Asked(server, cache=cache)(request_for(1))
        with SqliteStore(tmp_path / "answers.sqlite") as cache:
            asked = Asked(server, cache=cache)
            (second,) = asked(request_for(1, key=("other", "key")))
        assert server.calls == 1
    assert (second.cached, second.calls, second.request.key) == (True, 0, ("other", "key"))
    for field in ("value", "raw", "usage", "cost_usd", "latency_s"):
        assert getattr(second, field) == getattr(first, field)
    assert asked.tally == Tally(asked=1, cached=1)


def test_without_a_price_the_cost_is_unknown():
    with FakeLLMServer(good) as server:
        asked = Asked(server, price=None)
        (answer,) = asked(request_for(1))
    assert answer.cost_usd is None
    assert (asked.tally.cost_usd, asked.tally.unpriced) == (0, 1)


def test_failures_that_pass_are_waited_out_longer_each_time():
    with faulty("server_error", "reset", Fault("rate_limit", retry_after=None), "wrong_envelope") as server:
        asked = Asked(server)
        (answer,) = asked(request_for(1))
    assert answer.value == {"grade": 1}
    assert answer.calls == 5
    assert asked.clock.slept == [1, 2, 4, 8]
    assert (asked.tally.calls, asked.tally.retries, asked.tally.repairs) == (5, 4, 0)


def test_a_hanging_call_is_tried_again():
    with faulty("hang") as server:
        (answer,) = Asked(server)(request_for(1))
    assert (answer.value, answer.calls) == ({"grade": 1}, 2)


def test_retry_after_is_obeyed_up_to_the_cap():
    with faulty(Fault("rate_limit", retry_after="17"), Fault("rate_limit", retry_after="86400")) as server:
        asked = Asked(server)
        asked(request_for(1))
    assert asked.clock.slept == [17, 60]


def test_jitter_follows_its_seed():
    slept = []
    for seed in (1, 1, 2):
        with faulty("server_error", "server_error") as server:
            asked = Asked(server, backoff=Backoff(seed=seed))
            asked(request_for(1))
        slept.append(asked.clock.slept)
    assert slept[0] == slept[1] != slept[2]


def test_a_failure_that_stays_is_an_answer_that_says_so():
    with faulty(*["server_error"] * 3) as server:
        asked = Asked(server, max_retries=2)
        failed, fine = asked(request_for(1), request_for(2))
    assert (failed.value, failed.raw, failed.usage, failed.cost_usd, failed.latency_s) == (
        None,
        None,
        Usage(),
        None,
        None,
    )
    assert "HTTP 500" in (failed.error or "")
    assert (failed.calls, failed.cached) == (3, False)
    assert fine.value == {"grade": 1}
    assert (asked.tally.asked, asked.tally.failed) == (2, 1)
    assert asked.cache.count() == 1


def test_a_request_that_the_server_will_not_have_is_not_sent_again():
    class Refusing:
        async def send(self, request):
            raise TransportError("HTTP 400: no", status=400, retryable=False)

        async def aclose(self):
            pass

    client = Client(Refusing(), store=MemoryStore())
    answer = asyncio.run(client.ask(request_for(1)))
    assert (answer.error, answer.calls) == ("HTTP 400: no", 1)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("off_list", field="grade", value=7), "grade: 7 is not one of 0 or 1"),
        (Fault("cut_off"), "cut off"),
        (Fault("malformed_json"), "cannot be read"),
        (Fault("refusal"), "the model refused: I cannot help with that."),
    ],
)
def test_an_unusable_answer_is_asked_for_once_more_with_the_reason(fault, said):
    with faulty(fault) as server:
        asked = Asked(server)
        (answer,) = asked(request_for(1))
        first, second = server.requests
    assert (answer.value, answer.error, answer.calls) == ({"grade": 1}, None, 2)
    assert second["messages"][:2] == first["messages"]
    assert [turn["role"] for turn in second["messages"][2:]] == ["assistant", "user"]
    assert said in second["messages"][3]["content"]
    # Both tries are paid for and both are kept.
    sizes = [sum(len(turn["content"].split()) for turn in sent["messages"]) for sent in (first, second)]
    assert answer.usage.prompt_tokens == sum(sizes)
    assert (asked.tally.repairs, asked.tally.retries, asked.tally.prompt_tokens) == (1, 0, sum(sizes))
    assert answer.cost_usd == pytest.approx(asked.tally.cost_usd)
    assert asked.cache.count() == 2


def test_the_prompt_of_the_second_try():
    with faulty(Fault("off_list", field="grade", value="x" * 5000)) as server:
        Asked(server)(request_for(1))
        said, complaint = server.requests[1]["messages"][2:]
    assert said["content"] == '{"grade": "' + "x" * 1988 + "…"
    assert complaint["content"].startswith('That answer cannot be used: grade: "xxx')
    assert complaint["content"].endswith("…. Answer again, with nothing but what was asked for.")


def test_unusable_twice_is_failed_with_its_raw_text_and_not_asked_again(tmp_path):
    cache = MemoryStore()
    with FakeLLMServer(lambda _: "I would rather not.") as server:
        (first,) = Asked(server, cache=cache)(request_for(1))
        asked = Asked(server, cache=cache)
        (second,) = asked(request_for(1))
        assert server.calls == 2
    assert (first.value, first.raw, first.calls) == (None, "I would rather not.", 2)
    assert first.error == "it holds no readable JSON object"
    assert (second.error, second.raw, second.cached, second.usage) == (first.error, first.raw, True, first.usage)
    assert asked.tally == Tally(asked=1, cached=1, failed=1)


def test_a_second_try_without_an_answer_keeps_the_first():
    with faulty("refusal", "server_error") as server:
        (answer,) = Asked(server, max_retries=0)(request_for(1))
    assert (answer.value, answer.raw, answer.calls, answer.usage.prompt_tokens) == (None, "", 2, 3)
    assert "the model refused" in (answer.error or "")
    assert "asked again" in (answer.error or "")
    assert "HTTP 500" in (answer.error or "")


def test_an_interrupted_second_try_is_taken_up_where_it_stopped():
    cache = MemoryStore()
    with faulty("refusal", "server_error") as server:
        Asked(server, cache=cache, max_retries=0)(request_for(1))
        asked = Asked(server, cache=cache)
        (answer,) = asked(request_for(1))
        assert server.calls == 3
    assert (answer.value, answer.calls, answer.cached) == ({"grade": 1}, 1, False)
    # Only what this run sent counts as spent now; the answer's own cost has both tries.
    assert asked.tally.cost_usd < (answer.cost_usd or 0)


def test_free_text_is_not_checked():
    with FakeLLMServer(lambda _: "free") as server:
        (answer,) = Asked(server)(request_for(1, schema=None))
    assert (answer.value, answer.error, answer.raw) == (None, None, "free")


@pytest.mark.parametrize(
    ("options", "status"), [({"require_key": "sk-other"}, 401), ({"models": ["another"]}, 404)], ids=["key", "model"]
)
def test_without_access_everything_stops_at_the_first_call(options, status):
    async def run(server: FakeLLMServer) -> list[str]:
        said = []
        async with Client(HttpTransport(server.base_url, api_key="sk-test"), store=MemoryStore()) as client:
            for number in range(3):
                with pytest.raises(LLMError) as caught:
                    await client.ask(request_for(number, endpoint=server.base_url))
                assert not isinstance(caught.value, TransportError)
                said.append(str(caught.value))
        return said

    with FakeLLMServer(good, **options) as server:
        said = asyncio.run(run(server))
        assert server.calls == 1
    assert said[0] == said[1] == said[2]
    assert server.base_url in said[0]
    assert f"HTTP {status}" in said[0]
    assert "model 'm'" in said[0]
    assert "sk-test" not in said[0]


def test_without_access_those_that_waited_for_a_slot_are_not_sent():
    async def run(server: FakeLLMServer) -> list[Answer | BaseException]:
        transport = HttpTransport(server.base_url, api_key=None)
        async with Client(transport, store=MemoryStore(), limiter=FixedLimiter(1)) as client:
            asked = (client.ask(request_for(number)) for number in range(5))
            return await asyncio.gather(*asked, return_exceptions=True)

    with FakeLLMServer(good, require_key="sk") as server:
        answers = asyncio.run(run(server))
        assert server.calls == 1
    assert all(isinstance(answer, LLMError) for answer in answers)


def test_recorded_answers_keep_their_cost_and_are_never_repaired():
    answers = {
        ("u1", "j1"): RecordedAnswer('{"grade": 1}', Usage(100, 5), 1.5, 0.002),
        ("u2", "j2"): RecordedAnswer('{"grade": 3}', Usage(100, 5), 1.5, 0.002),
    }

    async def run(tally: Tally) -> list[Answer]:
        async with Client(RecordedTransport(answers), store=MemoryStore(), price=PRICE) as client:
            return [await client.ask(request_for(n, endpoint="recorded:0123"), tally) for n in (1, 2, 3)]

    tally = Tally()
    fine, off_list, unknown = asyncio.run(run(tally))
    assert (fine.value, fine.cost_usd, fine.latency_s, fine.usage) == ({"grade": 1}, 0.002, 1.5, Usage(100, 5))
    assert (off_list.value, off_list.raw, off_list.calls) == (None, '{"grade": 3}', 1)
    assert "3 is not one of" in (off_list.error or "")
    assert (unknown.value, unknown.error) == (None, "no recorded answer for key (u3, j3)")
    assert (tally.asked, tally.failed, tally.repairs, tally.cost_usd) == (3, 2, 0, 0.004)


class Listening:
    """Lets every call through and writes down how each ended."""

    healthy = True

    def __init__(self):
        self.heard = []

    async def acquire(self, tokens=0):
        self.heard.append("acquire")
        return Permit(tokens=tokens)

    def release(self, permit, outcome):
        self.heard.append(outcome.kind)


def test_the_limiter_learns_how_every_call_ended():
    limiter = Listening()
    with faulty("rate_limit", "server_error") as server:
        Asked(server, limiter=limiter)(request_for(1), request_for(1))
    assert limiter.heard == ["acquire", "throttled", "acquire", "failed", "acquire", "ok"]


def test_a_cancelled_call_frees_its_slot():
    limiter = Listening()

    async def run(server: FakeLLMServer) -> None:
        transport = HttpTransport(server.base_url, api_key=None)
        async with Client(transport, store=MemoryStore(), limiter=limiter) as client:
            task = asyncio.create_task(client.ask(request_for(1)))
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    with faulty("hang") as server:
        asyncio.run(run(server))
    assert limiter.heard == ["acquire", "cancelled"]


def test_a_cache_that_fails_stops_the_run(tmp_path):
    cache = SqliteStore(tmp_path / "answers.sqlite")
    cache.close()
    with FakeLLMServer(good) as server:
        with pytest.raises(CacheError):
            Asked(server, cache=cache)(request_for(1))
        assert server.calls == 0


def test_a_price_in_another_currency_is_refused():
    with pytest.raises(ConfigError, match="EUR"):
        Client(RecordedTransport({}), store=MemoryStore(), price=Price(1, 1, "EUR", as_of=date(2026, 1, 1)))


def test_a_negative_number_of_retries_is_refused():
    with pytest.raises(ConfigError, match="max_retries"):
        Client(RecordedTransport({}), store=MemoryStore(), max_retries=-1)


def test_replies_are_kept_with_the_time_they_came():
    with FakeLLMServer(good) as server:
        asked = Asked(server)
        asked(request_for(1))
    fingerprint = request_for(1).fingerprint
    kept = asked.cache.get_many([fingerprint])[fingerprint]
    assert kept.created_at == FakeClock().utcnow()
    assert isinstance(kept.reply, Reply)
