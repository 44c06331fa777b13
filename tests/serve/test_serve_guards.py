"""Guards, by hand and for any list."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.apps.serve.config import GuardConfig
from tilth.apps.serve.guards import GUARDS, MAX_REMOVED, MIN_KEPT, allowance, guard, in_share, spared

P = np.array([0.9, 0.2, 0.95, 0.9, 0.85, 0.1])
DROP = P >= 0.8

lists = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40)
configs = st.builds(
    GuardConfig,
    shadow=st.booleans(),
    max_removed_share=st.floats(0, 1),
    min_kept=st.integers(0, 20),
    holdout_share=st.sampled_from([0.0, 0.5, 1.0]),
)


def said(config: GuardConfig, context: str = "u1") -> tuple[str, list[bool], list[str | None]]:
    found = guard(config, context, P, DROP)
    return found.mode, found.keep.tolist(), [GUARDS[by] for by in found.guard]


def test_without_guards_the_filter_is_obeyed() -> None:
    assert said(GuardConfig()) == ("filter", (~DROP).tolist(), [None] * 6)


def test_shadow_and_holdout_drop_nothing_and_say_so() -> None:
    for config, mode in ((GuardConfig(shadow=True), "shadow"), (GuardConfig(holdout_share=1.0), "holdout")):
        assert said(config) == (mode, [True] * 6, [mode, None, mode, mode, mode, None])


def test_the_share_removed_is_capped_and_the_least_bad_stay() -> None:
    # A third of six is two: 0.95 goes, and of the two with 0.9 the one offered last.
    mode, keep, by = said(GuardConfig(max_removed_share=1 / 3))
    assert (mode, keep) == ("filter", [True, True, False, False, True, True])
    assert by == ["max_removed", None, None, None, "max_removed", None]


def test_a_list_keeps_its_minimum_length() -> None:
    _, keep, by = said(GuardConfig(min_kept=5))
    assert (keep, by[0]) == ([True, True, False, True, True, True], "min_kept")
    assert all(said(GuardConfig(min_kept=50))[1])


@pytest.mark.parametrize(
    ("count", "share", "least", "expected"),
    [
        (10, 0.7, 0, (7, MAX_REMOVED)),
        (10, 1.0, 4, (6, MIN_KEPT)),
        (3, 0.5, 2, (1, MAX_REMOVED)),
        (0, 1.0, 0, (0, MAX_REMOVED)),
        (2, 1.0, 9, (0, MIN_KEPT)),
    ],
)
def test_allowance_by_hand(count: int, share: float, least: int, expected: tuple[int, int]) -> None:
    assert allowance(count, share, least) == expected


@given(lists, configs, st.text(max_size=8))
def test_whatever_the_list_guards_only_ever_keep_more(pairs, config: GuardConfig, context: str) -> None:
    p, drop = np.array([one for one, _ in pairs]), np.array([one for _, one in pairs], dtype=bool)
    found = guard(config, context, p, drop)
    removed = ~found.keep
    assert not (removed & ~drop).any(), "nothing goes that the filter would keep"
    assert ((found.guard != 0) == (drop & found.keep)).all(), "a guard is named exactly where it saved one"
    assert removed.sum() <= config.max_removed_share * len(p) + 1e-6
    assert found.keep.sum() >= min(config.min_kept, len(p))
    if found.mode != "filter":
        assert found.keep.all()
    if removed.any() and (drop & found.keep).any():
        assert p[removed].min() >= p[drop & found.keep].max(), "the worst go first"


@given(lists, st.integers(0, 40))
def test_as_many_are_spared_as_must_be(pairs, allowed: int) -> None:
    p, drop = np.array([one for one, _ in pairs]), np.array([one for _, one in pairs], dtype=bool)
    assert spared(p, drop, allowed).sum() == max(drop.sum() - allowed, 0)


def test_the_holdout_is_stable_and_of_its_size() -> None:
    people = [f"user-{n}" for n in range(20_000)]
    held = [one for one in people if in_share("s", one, 0.1)]
    assert abs(len(held) - 2000) < 5 * math.sqrt(20_000 * 0.1 * 0.9)
    assert held == [one for one in people if in_share("s", one, 0.1)]
    assert set(held) <= {one for one in people if in_share("s", one, 0.2)}, "a larger share holds the smaller one"
    assert held != [one for one in people if in_share("another", one, 0.1)]
    assert not any(in_share("s", one, 0.0) for one in people)
    assert all(in_share("s", one, 1.0) for one in people)
