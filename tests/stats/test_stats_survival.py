"""Kaplan-Meier by hand, and as a plain share where nobody is left out early."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.errors import DataError
from tilth.stats import kaplan_meier


def test_by_hand() -> None:
    # 6 at 3 for whom it happened and 1 not, of 7: 6/7 left; then 1 of 4 at 5, 1 of 2 at 7.
    survival = kaplan_meier([3, 3, 4, 5, 6, 7, 8], [True, False, False, True, False, True, False])
    assert survival.times.tolist() == [3, 5, 7]
    assert survival.share.tolist() == pytest.approx([6 / 7, 6 / 7 * 3 / 4, 6 / 7 * 3 / 4 / 2])
    assert survival.median == 7
    assert survival.quantile(0.1) == 3
    assert np.isnan(survival.quantile(0.9))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=30))
def test_without_censoring_the_median_is_that_of_the_durations(durations: list[int]) -> None:
    survival = kaplan_meier(durations, [True] * len(durations))
    assert survival.median == sorted(durations)[(len(durations) - 1) // 2]


def test_where_it_never_happened_there_is_no_median() -> None:
    assert np.isnan(kaplan_meier([1, 2], [False, False]).median)
    assert np.isnan(kaplan_meier([], []).median)


def test_misuse_is_refused() -> None:
    with pytest.raises(DataError, match="at least 0"):
        kaplan_meier([-1], [True])
    with pytest.raises(DataError, match="at least 0"):
        kaplan_meier([1, 2], [True])
