"""Dividing gold into parts: by its own column or by a hash, never a context into two, never synthetic."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_world import judgments, label, labels, offered, person

from tilth.data import Parts
from tilth.distill.config import Shares
from tilth.distill.parts import CALIBRATION, FEW_SHOT, TEST, gold_parts
from tilth.distill.train import kept_apart
from tilth.errors import DataError, LeakError

SHARES = Shares().by_part()


def test_the_names_of_the_shares_are_the_names_of_the_parts() -> None:
    assert list(SHARES) == [FEW_SHOT, CALIBRATION, TEST]


def test_without_a_column_contexts_are_divided_by_hash() -> None:
    parts = gold_parts(labels(offered(), "human:ann"), SHARES, seed=1)
    sizes = {name: len(parts[name]) for name in SHARES}
    assert sum(sizes.values()) == 48
    for name, share in SHARES.items():
        assert abs(sizes[name] - 48 * share) < 3 * (48 * share * (1 - share)) ** 0.5, name


def test_a_seed_gives_the_same_parts_whatever_the_order_and_the_other_contexts() -> None:
    all_of_them = gold_parts(labels(offered(), "human:ann"), SHARES, seed=1)
    some = gold_parts(labels(offered(20)[::-1], "human:ann"), SHARES, seed=1)
    twenty = {person(n) for n in range(20)}
    assert all(some[name] == all_of_them[name] & twenty for name in SHARES)
    assert gold_parts(labels(offered(), "human:ann"), SHARES, seed=2).of != all_of_them.of


def test_the_column_is_obeyed_and_blank_cells_belong_nowhere() -> None:
    rows = [label((f"u{n}", "j1"), "human:ann", True) for n in range(4)]
    parts = gold_parts(judgments(rows, ["few-shot", "test", None, "calibration"]), SHARES, seed=1)
    assert parts.of == {FEW_SHOT: {"u0"}, CALIBRATION: {"u3"}, TEST: {"u1"}}
    assert kept_apart(parts) == {"u1", "u3"}


@pytest.mark.parametrize("both", [("calibration", "test"), ("few-shot", "test"), ("few-shot", "calibration")])
def test_a_context_in_two_parts_is_an_error(both: tuple[str, str]) -> None:
    rows = [label(("u1", "j1"), "human:ann", True), label(("u1", "j2"), "human:ann", False)]
    with pytest.raises(LeakError, match=f"1 contexts stand both in '{both[0]}' and in '{both[1]}'.* is 'u1'"):
        gold_parts(judgments(rows, list(both)), SHARES, seed=1)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([FEW_SHOT, CALIBRATION, TEST, None])), min_size=1))
def test_parts_never_share_a_context(cells: list[tuple[int, str | None]]) -> None:
    rows = [label((f"u{n}", "j1"), "human:ann", True) for n, _ in cells]
    named = {(n, part) for n, part in cells if part}
    gold = judgments(rows, [part for _, part in cells])
    if len(named) > len({n for n, _ in named}):
        with pytest.raises(LeakError):
            gold_parts(gold, SHARES, seed=1)
    else:
        parts = gold_parts(gold, SHARES, seed=1)
        assert sum(len(ids) for ids in parts.of.values()) == len(named)


@pytest.mark.parametrize("part", [None, ["test"]])
def test_synthetic_gold_is_refused(part: list[str | None] | None) -> None:
    gold = judgments([label(("u1", "j1"), "synthetic:llm", True)], part)
    with pytest.raises(DataError, match="labels of 'synthetic:llm', and synthetic data never tests anything"):
        gold_parts(gold, SHARES, seed=1)


def test_one_synthetic_row_among_people_is_enough() -> None:
    rows = [label(("u1", "j1"), source, True) for source in ("human:ann", "human:bob", "synthetic:x")]
    with pytest.raises(DataError, match="synthetic:x"):
        gold_parts(judgments(rows), SHARES, seed=1)


def test_without_gold_nothing_is_kept_apart() -> None:
    assert kept_apart(Parts({})) == frozenset()
