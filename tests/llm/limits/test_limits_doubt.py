"""Noise told from limits, with numbers worked by hand."""

import pytest

from tilth.llm.limits import Permit
from tilth.llm.limits.doubt import Doubt


def call(doubt: Doubt, at: float, *, refused: bool = False) -> str | None:
    return doubt.ended(Permit(at, 1, 0, 0), at, refused=refused)


def on_trial(level: int = 10) -> Doubt:
    """A blip, and two more refusals that stand alone among the next 20 calls, one call a second."""
    doubt = Doubt()
    doubt.blip(level, 0.0)
    for second in range(1, 21):
        call(doubt, float(second), refused=second in (10, 20))
        if second in (10, 20):
            doubt.blip(level, float(second))
    return doubt


def test_two_blips_are_not_looked_into() -> None:
    doubt = Doubt()
    for at in (1.0, 2.0):
        doubt.blip(8, at)
    assert doubt.state == "open"
    assert doubt.most == float("inf")


def test_a_trial_halves_the_level_and_slows_the_pace() -> None:
    doubt = on_trial()
    assert (doubt.state, doubt.most) == ("testing", 5)
    doubt.started(20.0)
    assert doubt.wait_s(20.0) == pytest.approx(1 / (0.7 * 18 / 20), rel=0.01)  # 18 of 20 were served in 20 s


def test_two_more_refusals_under_less_load_are_noise() -> None:
    doubt = on_trial()
    found = [call(doubt, 31.0 + n, refused=n in (8, 16)) for n in range(17)]
    assert found == [None] * 16 + ["noise"]
    assert doubt.share == pytest.approx(2 / 17)
    assert doubt.state == "open"


def test_none_under_less_load_means_a_limit() -> None:
    # Two refusals or more come, with a probability of 0.1, where 0.5318 are expected: 8 are in 8 * 20 / 0.5318 calls.
    doubt = on_trial()
    found = [call(doubt, 21.0 + 0.1 * n) for n in range(301)]
    assert found.index("limit") == 300
    assert doubt.state == "settled"
    assert not doubt.reopened(100.0)
    assert doubt.reopened(111.1)  # a minute after 51.0


def test_a_storm_ends_the_trial_and_is_no_noise() -> None:
    doubt = on_trial()
    assert [call(doubt, 31.0, refused=True) for _ in range(6)] == [None] * 5 + ["limit"]


def test_calls_from_before_the_trial_do_not_count() -> None:
    doubt = on_trial()
    for _ in range(500):
        assert doubt.ended(Permit(19.0, 1, 0, 0), 31.0, refused=True) is None


def test_a_bunch_is_no_blip() -> None:
    doubt = Doubt()
    assert [doubt.bunched(40, opens=n == 0) for n in range(12)] == [False] * 10 + [True] * 2
