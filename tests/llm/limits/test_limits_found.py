"""What the adaptive limiter finds and holds, against simulated servers of each kind in virtual time."""

import random

import pytest
from simulated import SimulatedServer, adaptive, drive, noisy

from tilth.errors import EndpointDownError
from tilth.testing import HiddenLimits

LATENCIES = {"fast": lambda: lambda _: 0.05, "slow": lambda: noisy(2.0)}


def between(start, end, kind):
    return lambda now: kind if start <= now < end else None


@pytest.mark.parametrize("most", [1, 3, 40, 100])
def test_finds_the_number_of_calls_at_once_and_holds_it(most):
    course = drive(SimulatedServer(HiddenLimits(max_concurrent=most)), adaptive(), seconds=40)
    best = most / 0.054  # 50 ms of work and 4 ms on the way
    assert course.rate(since=15) >= 0.97 * best
    assert course.refused_share(since=15) < 0.005
    assert course.limiter.snapshot().ceiling in (most, most + 1)


def test_finds_it_where_answers_take_seconds_and_differ():
    course = drive(SimulatedServer(HiddenLimits(max_concurrent=40), latency=noisy(2.0)), adaptive(), seconds=900)
    assert course.rate(since=200) >= 0.95 * 40 / 2.0
    assert course.refused_share(since=200) < 0.005


def test_a_retry_after_of_a_full_server_costs_little():
    limits = HiddenLimits(max_concurrent=40, retry_after=True)
    course = drive(SimulatedServer(limits, latency=lambda _: 0.5), adaptive(), seconds=300)
    assert course.rate(since=60) >= 0.9 * 40 / 0.504


@pytest.mark.parametrize(
    ("speed", "window_s"),
    [("fast", 60), *(pytest.param(*one, marks=pytest.mark.slow) for one in (("fast", 6), ("slow", 6), ("slow", 60)))],
)
@pytest.mark.parametrize(("window", "burst"), [("fixed", None), ("sliding", None), ("bucket", 10), ("bucket", 600)])
def test_finds_600_a_minute_however_they_are_counted(window, burst, window_s, speed):
    limits = HiddenLimits(requests_per_minute=600, window=window, window_s=window_s, burst=burst)
    course = drive(SimulatedServer(limits, latency=LATENCIES[speed]()), adaptive(), seconds=1500, clients=150)
    assert course.rate(since=900) >= 0.9 * 10
    assert course.refused_share(since=300) < 0.02


@pytest.mark.parametrize(("window", "burst"), [("fixed", None), ("sliding", None), ("bucket", 600)])
def test_headers_tell_the_rate_before_it_is_exceeded(window, burst):
    limits = HiddenLimits(requests_per_minute=600, window=window, burst=burst, rate_headers=True)
    course = drive(SimulatedServer(limits), adaptive(), seconds=400)
    assert course.rate(since=60) >= 0.95 * 10
    assert course.count("throttled") == 0


def test_headers_tell_the_rate_of_tokens():
    limits = HiddenLimits(tokens_per_minute=6000, rate_headers=True)
    course = drive(SimulatedServer(limits, tokens=50), adaptive(), seconds=400)
    assert 0.9 * 2 <= course.rate(since=70) <= 1.01 * 2  # 6,000 a minute are 100 a second, two calls of 50
    assert course.refused_share(since=70) < 0.02


def test_what_the_user_configured_is_not_exceeded():
    requests = drive(SimulatedServer(), adaptive(requests_per_minute=600), seconds=60)
    assert 0.95 * 10 <= requests.rate(since=5) <= 10
    tokens = drive(SimulatedServer(tokens=50), adaptive(tokens_per_minute=6000), seconds=60)
    assert 0.95 * 2 <= tokens.rate(since=5) <= 2


@pytest.mark.parametrize("slots", [4, 16, 24])
def test_does_not_queue_at_a_server_that_never_refuses(slots):
    course = drive(SimulatedServer(HiddenLimits(slots=slots)), adaptive(), seconds=30)
    best = slots / 0.05
    # With 4 ms on the way, 8 % more calls than slots keep the slots busy.
    assert slots <= course.limiter.snapshot().level <= 1.2 * slots
    assert course.rate(since=10) >= 0.9 * best


def test_a_server_that_batches_may_grow():
    # Twice as slow with 64 calls, but 32 times as many answers as with one: 64 / s is the limit that it nears.
    course = drive(SimulatedServer(latency=lambda together: 1 + together / 64), adaptive(), seconds=300)
    assert course.rate(since=100) >= 0.7 * 64


def test_goes_to_the_most_that_is_allowed_where_nothing_is_in_the_way():
    course = drive(SimulatedServer(), adaptive(64), seconds=10)
    assert course.limiter.snapshot().level == 64
    assert course.rate(since=5) >= 0.97 * 64 / 0.054


def test_an_outage_is_waited_out_with_few_calls():
    server = SimulatedServer(HiddenLimits(max_concurrent=40), trouble=between(10, 70, "failed"))
    course = drive(server, adaptive(), seconds=110)
    assert course.count("failed") < 40 + 10 + 30  # those under way, those until it opens, and tries
    assert course.rate(since=85) >= 0.95 * 40 / 0.054


@pytest.mark.parametrize(("start", "end"), [(2, 5), (10, 40)])
def test_a_storm_of_refusals_passes(start, end):
    server = SimulatedServer(HiddenLimits(max_concurrent=40), trouble=between(start, end, "throttled"))
    course = drive(server, adaptive(), seconds=end + 50)
    assert course.count("throttled", start, end) < 150
    assert course.rate(since=end + 25) >= 0.9 * 40 / 0.054


def test_hours_of_refusals_neither_stall_nor_end_the_run_before_patience_does():
    server = SimulatedServer(trouble=between(10, 10 + 3 * 3600, "throttled"))
    course = drive(server, adaptive(32, patience_s=4 * 3600), seconds=10 + 3 * 3600 + 120, clients=40)
    assert 300 < course.count("throttled") < 3 * 120 + 200  # one try in 30 s, more at first
    assert course.rate(since=10 + 3 * 3600 + 60) > 20
    assert course.limiter.healthy


@pytest.mark.parametrize("kind", ["throttled", "failed"])
def test_patience_ends_after_the_time_without_one_success(kind):
    server = SimulatedServer(trouble=between(10, 1e9, kind))
    with pytest.raises(EndpointDownError, match="gave no answer for"):
        drive(server, adaptive(32, patience_s=600), seconds=3600)


def test_single_failures_among_successes_change_nothing():
    calls = iter(range(10**9))
    server = SimulatedServer(
        HiddenLimits(max_concurrent=40), trouble=lambda _: "failed" if next(calls) % 10 == 0 else None
    )
    course = drive(server, adaptive(), seconds=30)
    assert course.count("ok", since=15) / 15 >= 0.85 * 40 / 0.054


def at_random(share, seed=1):
    rng = random.Random(seed)
    return lambda _: "throttled" if rng.random() < share else None


@pytest.mark.parametrize(
    ("share", "latency_s", "most", "since", "least"),
    [
        (0.01, 0.05, 40, 20, 0.85),
        (0.1, 0.05, 40, 20, 0.85),
        (0.1, 0.2, 20, 20, 0.85),
        (0.3, 0.2, 20, 20, 0.6),
        (0.03, 2.0, 100, 160, 0.85),
    ],
)
def test_refusals_that_follow_neither_level_nor_rate_cost_little(share, latency_s, most, since, least):
    server = SimulatedServer(trouble=at_random(share), latency=lambda _: latency_s)
    course = drive(server, adaptive(most), seconds=since + 60)
    assert course.rate(since) > least * most / (latency_s + 0.004)


@pytest.mark.parametrize("share", [0.03, 0.1])
def test_a_limit_is_found_among_refusals_that_follow_none(share):
    server = SimulatedServer(HiddenLimits(max_concurrent=40), trouble=at_random(share))
    course = drive(server, adaptive(), seconds=120)
    assert course.rate(since=60) >= 0.8 * 40 / 0.054
    assert course.refused_share(since=60) < 3 * share


def test_single_refusals_of_a_full_server_are_not_taken_for_noise():
    course = drive(SimulatedServer(HiddenLimits(max_concurrent=4), latency=lambda _: 1.0), adaptive(64), seconds=600)
    assert course.rate(since=100) >= 0.9 * 4 / 1.004
    assert course.refused_share(since=100) < 0.02
