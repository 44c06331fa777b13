import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from tilth.errors import DataError
from tilth.stats import Estimate, Interval, clopper_pearson, clopper_pearson_lower, wilson


def test_clopper_pearson_without_hits_is_the_root_worked_by_hand():
    # (1 - high)^10 = 0.025
    assert clopper_pearson(0, 10) == Interval(0.0, pytest.approx(1 - 0.025**0.1))
    assert clopper_pearson(10, 10).low == pytest.approx(0.025**0.1)


@pytest.mark.parametrize(("k", "n"), [(0, 7), (3, 7), (7, 7), (45, 50), (1, 1000)])
def test_both_intervals_equal_scipy(k: int, n: int):
    peer = binomtest(k, n)
    for ours, method in ((clopper_pearson(k, n, 0.9), "exact"), (wilson(k, n, 0.9), "wilson")):
        theirs = peer.proportion_ci(0.9, method=method)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-10)


def test_lower_bound_of_all_hits_and_of_none():
    assert clopper_pearson_lower([0, 20, 0], [20, 20, 0], 0.95) == pytest.approx([0, 0.05 ** (1 / 20), 0])


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.5, 0.999))
def test_intervals_hold_the_share_and_lie_in_0_to_1(hits: int, misses: int, confidence: float):
    n = hits + misses
    for interval in (clopper_pearson(hits, n, confidence), wilson(hits, n, confidence)):
        assert 0 <= interval.low <= interval.high <= 1
        if n:
            assert interval.low - 1e-12 <= hits / n <= interval.high + 1e-12


def test_an_empty_sample_says_nothing():
    assert clopper_pearson(0, 0) == wilson(0, 0) == Interval(0.0, 1.0)


@pytest.mark.parametrize(("k", "n", "confidence"), [(3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0), (1, 2, 0.0)])
def test_impossible_arguments_are_refused(k: int, n: int, confidence: float):
    for interval in (clopper_pearson, wilson):
        with pytest.raises(DataError):
            interval(k, n, confidence)


def test_undefined_is_null_in_json_and_contains_nothing():
    estimate = Estimate(0.5, float("nan"), float("nan"))
    assert estimate.to_json() == {"value": 0.5, "low": None, "high": None}
    assert not estimate.interval.contains(0.5)
    assert np.isnan(estimate.interval.width)
