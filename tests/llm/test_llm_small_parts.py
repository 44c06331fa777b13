"""Prices, waiting and slots: values worked by hand."""

import asyncio
import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.errors import ConfigError
from tilth.llm import Backoff, FixedLimiter, Outcome, Price, Reply, Tally, Usage, cost
from tilth.llm.retry import parse_retry_after

DAY = date(2026, 1, 1)
NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def test_cost_is_tokens_times_price_per_million():
    price = Price(0.5, 2.0, as_of=DAY)
    # 1,000,000 in at 0.5 plus 250,000 out at 2 a million.
    assert cost(Usage(1_000_000, 250_000), price) == 1.0
    assert cost(Usage(1200, 40), price) == pytest.approx(0.00068)
    assert cost(Usage(0, 0), price) == 0.0


@pytest.mark.parametrize("usage", [Usage(None, 1), Usage(1, None), Usage()])
def test_unknown_usage_has_no_cost(usage):
    assert cost(usage, Price(1, 1, as_of=DAY)) is None


def test_unknown_price_has_no_cost():
    assert cost(Usage(1, 1), None) is None


@pytest.mark.parametrize("wrong", [-0.1, float("nan"), float("inf")])
def test_a_price_below_nothing_is_refused(wrong):
    with pytest.raises(ConfigError, match="input_per_mtok"):
        Price(wrong, 1, as_of=DAY)


def test_usage_adds_up_and_stays_unknown_where_a_part_is():
    assert Usage(1, 2) + Usage(10, 20) == Usage(11, 22)
    assert Usage(1, None) + Usage(10, 20) == Usage(11, None)


def test_tally_counts_replies_without_a_cost_apart():
    tally = Tally()
    tally.add_reply(Reply("", Usage(10, 2), cost_usd=0.25))
    tally.add_reply(Reply("", Usage(None, 3), cost_usd=None))
    assert (tally.prompt_tokens, tally.completion_tokens, tally.cost_usd, tally.unpriced) == (10, 5, 0.25, 1)


def test_backoff_doubles_up_to_its_limit():
    backoff = Backoff(first_s=1, factor=2, max_s=5, jitter=0)
    assert [backoff.delay(attempt, random.Random(0)) for attempt in range(5)] == [1, 2, 4, 5, 5]


def test_retry_after_is_obeyed_up_to_its_cap():
    backoff = Backoff(first_s=1, jitter=0, retry_after_cap_s=60)
    assert backoff.delay(0, random.Random(0), 7) == 7
    assert backoff.delay(0, random.Random(0), 3600) == 60
    assert backoff.delay(3, random.Random(0), 2) == 8


@given(st.integers(0, 10_000), st.integers())
def test_jitter_takes_off_at_most_its_share(attempt, seed):
    backoff = Backoff(first_s=1, factor=2, max_s=30, jitter=0.5)
    full = min(30, 2.0 ** min(attempt, 60))
    assert full / 2 <= backoff.delay(attempt, random.Random(seed)) <= full


@pytest.mark.parametrize(
    ("value", "server_date", "seconds"),
    [
        (None, None, None),
        ("3", None, 3),
        ("0.5", None, 0.5),
        ("-1", None, None),
        ("nan", None, None),
        ("soon", None, None),
        ("", None, None),
        ("Thu, 01 Jan 2026 12:00:30 GMT", None, 30),
        ("Thu, 01 Jan 2026 11:00:00 GMT", None, 0),
        # The server's clock is an hour ahead of ours; it asks for a minute.
        ("Thu, 01 Jan 2026 13:01:00 GMT", "Thu, 01 Jan 2026 13:00:00 GMT", 60),
        ("Thu, 01 Jan 2026 12:00:30 GMT", "rubbish", 30),
    ],
)
def test_retry_after_header(value, server_date, seconds):
    assert parse_retry_after(value, date=server_date, now=NOW) == seconds


def test_fixed_limiter_never_lets_more_through():
    limiter, seen = FixedLimiter(3), [0]

    async def call(running: list[int]) -> None:
        permit = await limiter.acquire()
        running[0] += 1
        seen[0] = max(seen[0], running[0])
        await asyncio.sleep(0.001)
        running[0] -= 1
        limiter.release(permit, Outcome("failed"))

    async def many() -> None:
        running = [0]
        await asyncio.gather(*(call(running) for _ in range(20)))

    asyncio.run(many())
    asyncio.run(many())  # a second event loop finds all slots free again
    assert seen == [3]


def test_a_limiter_without_slots_is_refused():
    with pytest.raises(ConfigError, match="at least 1"):
        FixedLimiter(0)
