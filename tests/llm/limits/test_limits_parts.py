"""Waiting in line, giving back, loops, the breaker, headers: the parts, each by hand."""

import asyncio
from datetime import UTC, datetime

import pytest

from tilth.errors import ConfigError, EndpointDownError
from tilth.llm.limits import AdaptiveLimiter, FixedLimiter, Outcome, Permit, RateLimits, read_limits, read_retry_after
from tilth.llm.limits.breaker import Breaker
from tilth.llm.limits.latency import Knee
from tilth.llm.limits.pace import HeaderRate, Spacing
from tilth.testing import VirtualClock, run_virtual

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OK = Outcome("ok", latency_s=0.1)


def limiter(kind, size=1):
    clock = VirtualClock()
    return FixedLimiter(size, clock=clock) if kind == "fixed" else AdaptiveLimiter(size, clock=clock)


both = pytest.mark.parametrize("kind", ["fixed", "adaptive"])


@both
def test_first_come_first_served(kind):
    served: list[int] = []

    async def main() -> None:
        one = limiter(kind)

        async def call(number: int) -> None:
            permit = await one.acquire()
            served.append(number)
            await asyncio.sleep(0.1)
            one.release(permit, OK)

        await asyncio.gather(*(call(number) for number in range(20)))

    run_virtual(main())
    assert served == list(range(20))


@both
def test_a_cancelled_wait_leaks_nothing(kind):
    async def main() -> None:
        one = limiter(kind)
        held = await one.acquire()
        waiting = [asyncio.create_task(one.acquire()) for _ in range(3)]
        await asyncio.sleep(0.01)
        waiting[0].cancel()  # while in line
        one.release(held, OK)  # lets the second through, which is cancelled before it hears of it
        waiting[1].cancel()
        third = await asyncio.wait_for(waiting[2], 1)
        one.release(third, OK)
        one.release(await asyncio.wait_for(one.acquire(), 1), OK)
        ended = await asyncio.gather(*waiting[:2], return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ended)

    run_virtual(main())


@both
def test_calls_lost_with_their_event_loop_hold_no_place(kind):
    one = limiter(kind)

    async def lose() -> Permit:
        return await one.acquire()

    lost = run_virtual(lose())

    async def go_on() -> None:
        permit = await asyncio.wait_for(one.acquire(), 1)
        one.release(lost, OK)  # too late to count
        second = asyncio.create_task(one.acquire())
        await asyncio.sleep(0.01)
        assert not second.done()
        one.release(permit, OK)
        one.release(await second, OK)

    run_virtual(go_on())


def test_a_down_endpoint_fails_all_who_wait_and_is_tried_again_in_a_new_loop():
    one = AdaptiveLimiter(4, patience_s=5, clock=VirtualClock())

    async def wait_until_down() -> None:
        async def client() -> None:
            while True:
                one.release(await one.acquire(), Outcome("failed"))

        ended = await asyncio.gather(*(client() for _ in range(3)), return_exceptions=True)
        assert [type(error) for error in ended] == [EndpointDownError] * 3
        assert not one.healthy
        with pytest.raises(EndpointDownError, match="hint: answers so far are kept"):
            await one.acquire()

    async def again() -> None:
        one.release(await asyncio.wait_for(one.acquire(), 60), OK)
        assert one.healthy

    run_virtual(wait_until_down())
    run_virtual(again())


def test_a_retry_after_is_obeyed_up_to_two_minutes():
    async def waited(asked_s: float) -> float:
        one, clock = limiter("adaptive", 4), VirtualClock()
        one.release(await one.acquire(), OK)
        start = clock.monotonic()
        one.release(await one.acquire(), Outcome("throttled", retry_after_s=asked_s))
        await one.acquire()
        return clock.monotonic() - start

    assert run_virtual(waited(7)) == pytest.approx(7, abs=0.1)
    assert run_virtual(waited(3600)) == pytest.approx(120, abs=0.1)


def test_a_snapshot_says_where_it_stands():
    async def main() -> None:
        one = AdaptiveLimiter(10, requests_per_minute=6000, clock=VirtualClock())
        one.release(await one.acquire(), OK)
        await one.acquire()
        seen = one.snapshot()
        assert (seen.level, seen.ceiling, seen.in_flight, seen.waiting, seen.calls) == (4, 10, 1, 0, 1)
        assert (seen.refused_share, seen.requests_per_s, seen.breaker) == (0, pytest.approx(99), "closed")

    run_virtual(main())


@pytest.mark.parametrize("options", [{"max_concurrency": 0}, {"max_concurrency": 1, "patience_s": 0}])
def test_sizes_that_are_none_are_refused(options):
    with pytest.raises(ConfigError, match="must be above 0"):
        AdaptiveLimiter(**options)
    with pytest.raises(ConfigError, match="at least 1"):
        FixedLimiter(0)


def test_the_breaker_opens_tries_and_closes():
    breaker = Breaker(threshold=2, first_s=1, growth=0.5, longest_s=30)
    call = Permit(started=0.0)
    assert [breaker.bad(call, 0.0), breaker.bad(call, 0.0)] == [False, True]
    assert (breaker.state, breaker.wait_s(0.4)) == ("open", pytest.approx(0.6))
    probe = Permit(started=1.0)
    breaker.started(probe)
    assert (breaker.state, breaker.wait_s(1.0)) == ("half_open", float("inf"))
    assert not breaker.good(Permit(started=-1.0))  # sent before: it says nothing
    assert not breaker.bad(probe, 4.0)
    assert breaker.wait_s(4.0) == 2.0  # half of the 4 s that it has been open
    probe = Permit(started=6.0)
    breaker.started(probe)
    breaker.forgotten(probe)
    assert breaker.wait_s(6.0) == 0.0
    assert breaker.good(Permit(started=6.5))
    assert breaker.state == "closed"


def test_the_knee_is_the_best_throughput_times_the_latency_without_a_queue():
    knee = Knee()
    # 20 slots of 1 s: 4, 8 and 16 calls take 1 s, 32 take 1.6 s, 64 take 3.2 s; 20 answers a second at most.
    found = [
        knee.judge(level, latency_s) for level, latency_s in ((4, 1), (8, 1), (16, 1), (32, 1.6), (64, 3.2), (64, 3.2))
    ]
    assert found == ["grow", "grow", "grow", "grow", "again", 20]


def test_spacing_is_even_and_catches_up_with_little():
    spacing = Spacing(10)
    spacing.take(1, 0.0)
    assert spacing.wait_s(0.0) == pytest.approx(0.095)  # a timer may be 5 ms late without loss
    spacing.take(1, 60.0)
    assert spacing.wait_s(60.0) == pytest.approx(0.095)


def test_the_rate_of_headers_is_the_limit_over_the_longest_time_to_a_full_allowance():
    rate = HeaderRate()
    assert rate.rate(600, 599, 60.0, 0.0) == pytest.approx(9.98, abs=0.01)  # a window: 599 are left for 60 s
    assert rate.rate(600, 100, 20.0, 40.0) == pytest.approx(9.8)  # 0.98 of 600 in 60 s
    assert HeaderRate().rate(600, 599, 0.1, 0.0) == pytest.approx(5990)  # a bucket that is full
    assert rate.rate(None, 1, 1.0, 0.0) is None


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, None),
        ({"x-ratelimit-limit-requests": "many"}, None),
        (
            {
                "x-ratelimit-limit-requests": "600",
                "x-ratelimit-remaining-requests": "599",
                "x-ratelimit-reset-requests": "120ms",
                "x-ratelimit-limit-tokens": "150000",
                "x-ratelimit-remaining-tokens": "149984",
                "x-ratelimit-reset-tokens": "6m0s",
            },
            RateLimits(600, 599, 0.12, 150000, 149984, 360.0),
        ),
        (
            {
                "anthropic-ratelimit-requests-limit": "50",
                "anthropic-ratelimit-requests-remaining": "49",
                "anthropic-ratelimit-requests-reset": "2026-01-01T00:00:30Z",
            },
            RateLimits(50, 49, 30.0),
        ),
        ({"ratelimit": "limit=100, remaining=50, reset=5"}, RateLimits(100, 50, 5.0)),
        ({"ratelimit-limit": "100", "ratelimit-remaining": "7", "ratelimit-reset": "3"}, RateLimits(100, 7, 3.0)),
        ({"ratelimit": '"default";r=50;t=30', "ratelimit-policy": '"default";q=100;w=60'}, RateLimits(100, 50, 30.0)),
        (
            {"x-ratelimit-limit-requests": "1", "x-ratelimit-reset-requests": "1h2m3.5s"},
            RateLimits(1, None, 3723.5),
        ),
        ({"x-ratelimit-limit-requests": "1", "x-ratelimit-reset-requests": "soon"}, RateLimits(1)),
    ],
)
def test_headers_of_every_dialect(headers, said):
    assert read_limits(headers, now=NOW) == said


def test_a_time_is_measured_by_the_servers_own_clock():
    headers = {
        "date": "Thu, 01 Jan 2026 01:00:00 GMT",
        "anthropic-ratelimit-tokens-limit": "9",
        "anthropic-ratelimit-tokens-reset": "2026-01-01T01:00:10Z",
    }
    assert read_limits(headers, now=NOW) == RateLimits(limit_tokens=9, reset_tokens_s=10.0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({}, None), ({"retry-after": "7"}, 7.0), ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5)],
)
def test_how_long_a_server_asks_to_wait(headers, seconds):
    assert read_retry_after(headers, now=NOW) == seconds
