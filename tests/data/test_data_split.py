"""Splitting contexts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.data import Parts, split_contexts
from tilth.errors import ConfigError, DataError, LeakError

SHARES = {"few-shot": 0.1, "calibration": 0.4, "test": 0.5}
IDS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=50)


@given(IDS, st.integers(0, 100))
def test_every_context_is_in_exactly_one_part(ids, seed):
    parts = split_contexts(ids, SHARES, seed=seed)
    assert sorted(context for part in parts.of.values() for context in part) == sorted(set(ids))
    assert list(parts.of) == list(SHARES)


@given(IDS, IDS, st.integers(0, 100))
def test_adding_contexts_moves_none(ids, more, seed):
    before, after = split_contexts(ids, SHARES, seed=seed), split_contexts(more + ids[::-1], SHARES, seed=seed)
    assert all(before[name] <= after[name] for name in SHARES)


def test_the_parts_are_those_of_the_hash():
    # SHA-256 of "7\x1fu<n>" begins 5fd9, c080, bc19, 6c0e, 5a70: as shares of 2^16 these are
    # 0.374, 0.752, 0.735, 0.422, 0.353; up to 0.1 is few-shot, up to 0.5 calibration.
    parts = split_contexts(["u0", "u1", "u2", "u3", "u4"], SHARES, seed=7)
    assert parts.of == {"few-shot": frozenset(), "calibration": {"u0", "u3", "u4"}, "test": {"u1", "u2"}}


def test_shares_are_met():
    parts = split_contexts([str(number) for number in range(20_000)], SHARES, seed=1)
    # Standard deviation of a share of 0.5 over 20,000 contexts is 0.0035; four of them are 0.014.
    assert {name: round(len(parts[name]) / 20_000, 1) for name in SHARES} == SHARES
    assert abs(len(parts["test"]) / 20_000 - 0.5) < 0.014


def test_a_share_of_nothing_gets_nothing():
    parts = split_contexts([str(number) for number in range(1000)], {"a": 0.0, "b": 1.0, "c": 0.0}, seed=1)
    assert [len(parts[name]) for name in "abc"] == [0, 1000, 0]


@pytest.mark.parametrize(
    "shares", [{}, {"a": 0.5}, {"a": -0.5, "b": 1.5}, {"a": float("nan"), "b": 0.5}, {"a": float("inf")}, {"a": 1.1}]
)
def test_shares_that_cannot_be(shares):
    with pytest.raises(ConfigError, match="sum to 1"):
        split_contexts(["x"], shares, seed=1)


def test_a_context_in_two_parts_is_a_leak():
    with pytest.raises(LeakError, match=r"2 contexts stand both in 'a' and in 'c', the first is 'x'") as caught:
        Parts({"a": frozenset({"x", "y", "z"}), "b": frozenset({"w"}), "c": frozenset({"y", "x"})})
    assert isinstance(caught.value, DataError)
    assert "one part only" in str(caught.value)


def test_a_part_that_is_not_there_is_empty():
    assert Parts({"a": frozenset({"x"})})["b"] == frozenset()
