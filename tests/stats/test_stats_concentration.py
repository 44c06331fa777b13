"""Gini, Lorenz, head share, coverage: by hand, and as what they are defined to be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.errors import DataError
from tilth.stats import coverage, gini, head_share, lorenz, total_variation
from tilth.stats.concentration import head_size

COUNTS = st.lists(st.integers(0, 1000), min_size=1, max_size=40)


def test_gini_by_hand() -> None:
    assert gini([1, 2, 3, 4]) == pytest.approx(0.25)  # 2 (1 + 4 + 9 + 16) / (4 * 10) - 5 / 4
    assert gini([7, 7, 7]) == 0
    assert gini([0, 0, 0, 9]) == pytest.approx(0.75)
    assert gini([4, 0]) == pytest.approx(0.5)


@given(COUNTS)
def test_gini_is_half_the_mean_difference_over_the_mean(counts: list[int]) -> None:
    array = np.array(counts, float)
    if not array.sum():
        assert np.isnan(gini(array))
        return
    expected = np.abs(array[:, None] - array).mean() / (2 * array.mean())
    assert gini(array) == pytest.approx(expected, abs=1e-12)


@given(COUNTS)
def test_gini_is_the_area_over_the_lorenz_curve(counts: list[int]) -> None:
    if sum(counts):
        x, y = lorenz(counts)
        assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, pytest.approx(1))
        assert (y <= x + 1e-12).all()
        assert 1 - ((y[1:] + y[:-1]) * np.diff(x)).sum() == pytest.approx(gini(counts), abs=1e-9)


def test_lorenz_by_hand() -> None:
    x, y = lorenz([3, 1, 0])
    assert x.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert y.tolist() == [0, 0, 0.25, 1]
    x, y = lorenz(np.arange(1000), points=5)
    assert x.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert [one.tolist() for one in lorenz([0, 0])] == [[0, 1], [0, 1]]


def test_head_share_by_hand() -> None:
    counts = [50, 20, 10, 10, 5, 5, 0, 0, 0, 0]
    assert head_share(counts, 0.1) == 0.5
    assert head_share(counts, 0.2) == 0.7
    assert head_share(counts, 0.11) == 0.7  # a part of an item is an item
    assert head_share(counts, 0) == 0
    assert head_share(counts, 1) == 1
    assert np.isnan(head_share([0, 0], 0.5))


def test_a_head_is_whole_where_rounding_alone_makes_it_more() -> None:
    assert 0.07 * 100 > 7
    assert head_size(100, 0.07) == 7
    assert [head_size(n, 0.2) for n in (0, 1, 5, 6)] == [0, 1, 1, 2]


def test_coverage_by_hand() -> None:
    assert coverage([0, 1, 5, 0]) == 0.5
    assert np.isnan(coverage([]))


def test_total_variation_by_hand() -> None:
    assert total_variation([1, 1], [3, 1]) == 0.25
    assert total_variation([1, 0], [0, 9]) == 1
    assert np.isnan(total_variation([0, 0], [1, 1]))


@pytest.mark.parametrize("counts", [[-1, 2], [float("nan")], [[1, 2]]])
def test_counts_that_are_none_are_refused(counts: list[float]) -> None:
    with pytest.raises(DataError, match="at least 0"):
        gini(counts)


def test_other_misuse_is_refused() -> None:
    with pytest.raises(DataError, match="between 0 and 1"):
        head_share([1], 2)
    with pytest.raises(DataError, match="two points"):
        lorenz([1], points=1)
    with pytest.raises(DataError, match="same things"):
        total_variation([1], [1, 2])
