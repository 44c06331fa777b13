"""Shares, curves and one order for two lists."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.artifacts.usefulness import (
    DEFAULT,
    Curve,
    Line,
    Usefulness,
    item_shares,
    merged,
    read_usefulness,
    suggestion_shares,
    write_usefulness,
)
from tilth.errors import ArtifactError

SCORES = st.lists(st.floats(-50, 50), min_size=1, max_size=24)
WORTH = st.lists(st.floats(0, 1), max_size=8)


def test_shares_worked_by_hand() -> None:
    # Weights 8, 4, 2 and 2 of 16 in all.
    assert suggestion_shares([3, 2], [3, 2, 1, 1]) == [0.5, 0.25]
    assert suggestion_shares([3, 2], [3, 2, 1, 1], edits=2) == [0.125, 0.0625]
    assert suggestion_shares([], [1.0]) == []
    assert suggestion_shares([5000.0, 1.0], [5000.0, 1.0]) == [1.0, 0.0], "no overflow"
    assert item_shares([6, 3, 0], [6, 3, 3], 3) == [0.5, 0.25, 1.0]
    # Four more items match, and weigh 3 each at most.
    assert item_shares([6, 3], [6, 3, 3], 7) == [0.25, 0.125]
    assert item_shares([], [], 0) == []


@given(SCORES, st.data())
def test_a_share_rises_with_its_score(scores: list[float], data) -> None:
    place = data.draw(st.integers(0, len(scores) - 1))
    higher = [*scores[:place], scores[place] + data.draw(st.floats(0, 10)), *scores[place + 1 :]]
    before, after = suggestion_shares(scores, scores), suggestion_shares(higher, higher)
    assert after[place] >= before[place] - 1e-12
    assert all(0 <= one <= 1 for one in after)
    assert sum(after) == pytest.approx(1)


@given(st.floats(0.01, 1), st.floats(0.1, 5), st.floats(0, 1), st.floats(0, 1))
def test_a_curve_rises_and_gives_probabilities(ceiling: float, power: float, one: float, other: float) -> None:
    curve = Curve(ceiling, power)
    assert 0 <= curve(min(one, other)) <= curve(max(one, other)) <= ceiling


def order(lines: list[Line]) -> str:
    return " ".join(f"{line.kind[0]}{line.at}{'!' if line.bounded else ''}" for line in lines)


def test_the_order_worked_by_hand() -> None:
    assert order(merged([0.5, 0.2], [0.3, 0.1], 9)) == "s0 i0 s1 i1"
    assert order(merged([0.5, 0.4, 0.3], [0.1], 1)) == "s0 i0! s1 s2"
    assert order(merged([0.5, 0.1], [0.2], 1)) == "s0 i0 s1", "the bound changed nothing"
    assert order(merged([0.3], [0.3], 1)) == "s0 i0", "of equals the suggestion"
    assert order(merged([0.1, 0.9], [0.5], 9)) == "i0 s0 s1", "a list keeps its own order"
    assert order(merged([], [0.5], 0)) == "i0"


@given(WORTH, WORTH, st.integers(0, 9), st.data())
def test_a_line_that_is_worth_more_never_moves_down(offered: list[float], items: list[float], most: int, data) -> None:
    before = [(line.kind, line.at) for line in merged(offered, items, most)]
    for kind, values in (("suggestion", offered), ("item", items)):
        if values:
            place = data.draw(st.integers(0, len(values) - 1))
            risen = [*values[:place], data.draw(st.floats(values[place], 1)), *values[place + 1 :]]
            lines = merged(risen, items, most) if kind == "suggestion" else merged(offered, risen, most)
            after = [(line.kind, line.at) for line in lines]
            assert after.index((kind, place)) <= before.index((kind, place))


def test_curves_are_kept_beside_the_suggester(tmp_path: Path) -> None:
    assert read_usefulness(tmp_path) == DEFAULT
    learned = Usefulness(Curve(0.8, 1.25), Curve(0.1, 0.5), 2000)
    write_usefulness(tmp_path, learned)
    assert read_usefulness(tmp_path) == learned
    assert [path.name for path in tmp_path.iterdir()] == ["usefulness.json"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "cannot be read"),
        ('{"suggestion": {"ceiling": 2, "power": 1}, "item": {"ceiling": 0.1, "power": 1}}', "no probabilities"),
        ('{"suggestion": {"ceiling": 1, "power": 1}, "item": {"ceiling": 0.1, "power": 0}}', "no probabilities"),
        (
            '{"suggestion": {"ceiling": 1, "power": 1}, "item": {"ceiling": 1, "power": 1}, "format": 9}',
            "another version",
        ),
    ],
)
def test_a_damaged_file_is_an_error(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "usefulness.json").write_text(content)
    with pytest.raises(ArtifactError, match=said):
        read_usefulness(tmp_path)
