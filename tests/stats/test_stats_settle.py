import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.errors import DataError
from tilth.stats import labels_to_settle


def test_worked_by_hand():
    # half-width 0.04 must shrink below 0.02: by more than a half, so more than four times the labels
    assert labels_to_settle(0.02, 0.08, 100) == 401
    assert labels_to_settle(-0.02, 0.08, 100) == 401


@given(st.floats(0.001, 1), st.floats(0.001, 1), st.integers(1, 10_000))
def test_the_answer_is_the_first_that_does(difference: float, width: float, n: int):
    total = labels_to_settle(difference, width, n)
    assert total is not None
    half = width / 2 * n**0.5
    assert half / total**0.5 < difference * (1 + 1e-9)
    assert total == 1 or half / (total - 1) ** 0.5 >= difference * (1 - 1e-9)


def test_no_number_settles_no_difference():
    assert labels_to_settle(0.0, 0.1, 10) is None
    assert labels_to_settle(float("nan"), 0.1, 10) is None
    assert labels_to_settle(0.1, float("nan"), 10) is None


def test_impossible_arguments_are_refused():
    with pytest.raises(DataError):
        labels_to_settle(0.1, 0.1, 0)
