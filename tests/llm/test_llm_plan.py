"""What a plan counts, and what it may claim to know."""

import datetime
import subprocess
import sys
from collections.abc import Iterable
from math import isnan

import numpy as np
import pytest

from tilth.llm import CachedAnswer, MemoryStore, Message, Price, Reply, Request, Usage
from tilth.llm.estimate import observe, total_of
from tilth.llm.plan import after_pilot, make_plan, survey
from tilth.llm.repair import repair_request
from tilth.llm.reply import RECORDED
from tilth.llm.structured import AnswerError, compile_schema, read_reply

PRICE = Price(1.0, 10.0, as_of=datetime.date(2026, 1, 31))
SCHEMA = {"type": "object", "properties": {"grade": {"type": "integer"}}, "required": ["grade"]}
GOOD, BAD = '{"grade": 1}', "I'd rather not"


def ask(number: int, context: str | None = None, size: int = 100) -> Request:
    text = f"{number:08d}".ljust(size, "x")
    return Request(
        "m", (Message("user", text),), schema=SCHEMA, endpoint="http://h/v1", key=(context or f"c{number}", "i")
    )


def reply(text: str = GOOD, *, tokens: int | None = 25, out: int = 10, **more) -> Reply:
    return Reply(text, Usage(tokens, out), latency_s=more.pop("latency_s", 2.0), **more)


def answered(requests: Iterable[Request], *replies: Reply) -> MemoryStore:
    """A store in which request n has reply n, or all the only one."""
    cache, asked = MemoryStore(), list(requests)
    for request, one in zip(asked, replies * len(asked) if len(replies) == 1 else replies, strict=True):
        cache.put_many([CachedAnswer(request.fingerprint, one, datetime.datetime.now(datetime.UTC))])
    return cache


def plan_of(requests: list[Request], cache: MemoryStore, *, price: Price | None = PRICE, pilot: int = 0):
    found = after_pilot(survey(requests, cache.get_many, pilot=pilot), cache.get_many)
    return make_plan("t", "pairs", found, cache.get_many, price=price, concurrency=10, max_tokens=100)


def test_what_is_counted() -> None:
    """Six questions, one of them twice, two of them answered."""
    requests = [ask(n, size=100 + 10 * n) for n in range(6)]
    found = survey([*requests, requests[3]], answered(requests[:2], reply()).get_many, pilot=3)
    assert (found.requests, found.distinct, found.answered, found.remaining) == (7, 6, 2, 4)
    assert found.characters == 120 + 130 + 140 + 150
    assert (found.sizes.mean, found.sizes.p50, found.sizes.max) == (125.0, 125.0, 150)
    assert len(found.pilot) == 3
    assert {one.fingerprint for one in found.pilot} <= {one.fingerprint for one in requests[2:]}
    assert {one.fingerprint for one in found.known} == {one.fingerprint for one in requests[:2]}


def test_the_pilot_is_a_fair_draw_that_order_and_repeats_do_not_change() -> None:
    requests = [ask(n) for n in range(200)]
    empty = MemoryStore().get_many
    first = survey(requests, empty, pilot=20, seed=1).pilot
    again = survey([*reversed(requests), *requests], empty, pilot=20, seed=1).pilot
    assert [one.fingerprint for one in first] == [one.fingerprint for one in again]
    times = np.zeros(200)
    for seed in range(400):
        for one in survey(requests, empty, pilot=20, seed=seed).pilot:
            times[int(one.messages[0].content[:8])] += 1
    # Each is drawn in 40 of 400 surveys, with a deviation of 6.
    assert times.sum() == 8000
    assert 10 < times.min() <= times.max() < 75


def test_nothing_to_ask() -> None:
    plan = plan_of([], MemoryStore())
    assert (plan.requests, plan.remaining, plan.example) == (0, 0, None)
    assert plan.to_json()["sizes"]["max"] == 0


def test_totals_by_hand() -> None:
    """Two answered of 100 characters: 20 and 30 tokens in, 10 and 20 out; eight more of 200 characters to ask.

    In: 50 / 200 a character, 1,600 characters: 400. Out: 15 each: 120. Money at $1 and $10 a million: (20 + 100 + 30 +
    200) / 200 a character: 2,800 millionths. Time: (1 + 3) / 2 each, eight at once although ten may be: 2 s.
    """
    known, rest = [ask(n) for n in range(2)], [ask(n, size=200) for n in range(2, 10)]
    cache = answered(known, reply(tokens=20, out=10, latency_s=1.0), reply(tokens=30, out=20, latency_s=3.0))
    plan = plan_of(known + rest, cache)
    assert not plan.rough
    assert (plan.observed, plan.observed_contexts, plan.remaining) == (2, 2, 8)
    assert plan.prompt_tokens.value == pytest.approx(400)
    assert plan.completion_tokens.value == pytest.approx(120)
    assert plan.cost_usd.value == pytest.approx(2800e-6)
    assert plan.seconds.value == pytest.approx(2.0)
    assert plan.prompt_tokens.low < 400 < plan.prompt_tokens.high
    assert plan.unparsable.value == 0.0


def test_without_a_real_answer_only_ranges_are_given() -> None:
    """1,500 characters: 300 to 500 tokens; at most 10 * 100 out: $300 to $500 + $10,000 a million."""
    plan = plan_of([ask(n, size=150) for n in range(10)], MemoryStore())
    assert plan.rough
    assert isnan(plan.prompt_tokens.value)
    assert (plan.prompt_tokens.low, plan.prompt_tokens.high) == (300, 500)
    assert (plan.cost_usd.low, plan.cost_usd.high) == pytest.approx((300e-6, 10500e-6))
    assert plan.seconds is None
    assert plan.unparsable is None
    assert plan.to_json()["prompt_tokens"] == {"value": None, "low": 300, "high": 500}
    assert plan_of([ask(1)], MemoryStore(), price=None).cost_usd is None


def test_money_without_a_price_is_what_was_recorded_or_unknown() -> None:
    requests = [ask(n) for n in range(4)]
    priced = plan_of(requests, answered(requests[:2], reply(cost_usd=0.5)), price=None)
    assert priced.cost_usd.value == pytest.approx(1.0)
    assert plan_of(requests, answered(requests[:2], reply()), price=None).cost_usd is None
    some = answered(requests[:2], reply(), reply(tokens=None))
    plan = plan_of(requests, some)
    assert (plan.prompt_tokens, plan.cost_usd) == (None, None)
    assert plan.completion_tokens.value == pytest.approx(20)


def test_repairs_are_part_of_the_price_and_half_finished_ones_are_left_out() -> None:
    requests = [ask(n) for n in range(4)]
    cache = answered(requests[:3], reply(BAD))
    seen = observe(requests, cache.get_many, PRICE)
    assert seen == [], "no repair is in the store yet"
    for request, text in zip(requests[:2], (GOOD, BAD), strict=True):
        question = repair_request(request, reply(BAD), _reason(request))
        cache.put_many(
            [CachedAnswer(question.fingerprint, reply(text, tokens=60), datetime.datetime.now(datetime.UTC))]
        )
    seen = observe(requests, cache.get_many, PRICE)
    assert [(one.prompt_tokens, one.completion_tokens, one.latency_s, one.failed) for one in seen] == [
        (85, 20, 4.0, False),
        (85, 20, 4.0, True),
    ]
    assert seen[0].cost_usd == pytest.approx((85 + 200) / 1e6)


def _reason(request: Request) -> str:
    with pytest.raises(AnswerError) as caught:
        read_reply(reply(BAD), compile_schema(request.schema))
    return caught.value.reason


def test_a_recorded_answer_is_never_repaired() -> None:
    request = ask(1)
    seen = observe([request], answered([request], reply(BAD, finish_reason=RECORDED)).get_many, None)
    assert [one.failed for one in seen] == [True]


def test_one_context_alone_gives_no_interval() -> None:
    found = total_of([1.0, 2.0], [10, 10], ["a", "a"], 100, 10)
    assert found.value == pytest.approx(15.0)
    assert isnan(found.low)


@pytest.mark.parametrize("n_pilot", [20, 200])
def test_the_interval_covers_the_true_total_in_about_95_of_100_pilots(n_pilot: int) -> None:
    """2,000 questions in 250 contexts that differ in how many tokens a character takes; 150 pilots."""
    rng = np.random.default_rng(n_pilot)
    context = np.repeat(np.arange(250), 8)
    size = rng.integers(500, 4000, 2000)
    tokens = size * (0.25 + 0.03 * rng.normal(size=250)[context] + 0.03 * rng.normal(size=2000)) + rng.exponential(
        80, 2000
    )
    hits = 0
    for pilot in range(150):
        drawn = rng.permutation(2000)
        seen, ahead = drawn[:n_pilot], drawn[n_pilot:]
        names = [str(c) for c in context[seen]]
        found = total_of(tokens[seen], size[seen], names, float(size[ahead].sum()), len(ahead), seed=pilot)
        hits += found.interval.contains(float(tokens[ahead].sum()))
    # 142.5 expected; 2.7 is one deviation.
    assert 134 <= hits <= 149


MILLION = """
import resource
from test_llm_plan import MemoryStore, ask, survey, answered, reply
def requests():
    for number in range(1_000_000):
        yield ask(number, f"c{number // 20}", 300)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
store = answered((ask(n, f"c{n // 20}", 300) for n in range(1000)), reply())
found = survey(requests(), store.get_many, pilot=100)
print(found.distinct, found.answered, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_million_requests_are_planned_in_bounded_memory() -> None:
    folder = __file__.rpartition("/")[0]
    done = subprocess.run([sys.executable, "-c", MILLION], cwd=folder, capture_output=True, text=True, check=True)
    distinct, known, kilobytes = (int(word) for word in done.stdout.split())
    assert (distinct, known) == (1_000_000, 1000)
    assert kilobytes < 200_000
