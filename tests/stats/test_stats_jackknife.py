"""The delete-a-group jackknife against what is known of means."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tilth.errors import DataError
from tilth.stats import jackknife_difference, jackknife_interval, jackknife_variance


def means_without(values: NDArray[np.float64], groups: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    return np.array([values[groups != group].mean() for group in range(count)])


def test_with_one_unit_a_group_it_is_the_variance_of_a_mean() -> None:
    values = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    replicates = means_without(values, np.arange(8), 8)
    assert jackknife_variance(replicates) == pytest.approx(values.var(ddof=1) / 8)
    interval = jackknife_interval(values.mean(), replicates)
    half = 2.3646 * values.std(ddof=1) / np.sqrt(8)  # t with 7 degrees of freedom
    assert (interval.low, interval.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=1e-3)


def test_its_intervals_hold_their_level() -> None:
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(400):
        values, groups = rng.exponential(size=640), rng.integers(0, 32, 640)
        hits += jackknife_interval(values.mean(), means_without(values, groups, 32)).interval.contains(1.0)
    assert 0.92 <= hits / 400 <= 0.98


def test_what_sways_both_cancels_out_of_a_difference() -> None:
    rng = np.random.default_rng(6)
    before = rng.normal(size=320) * 10
    after, groups = before + 1, np.arange(320) % 32
    change = jackknife_difference(
        after.mean(), means_without(after, groups, 32), before.mean(), means_without(before, groups, 32)
    )
    assert (change.value, change.low, change.high) == pytest.approx((1, 1, 1))


def test_undefined_replicates_leave_no_interval() -> None:
    for replicates in ([], [1.0], [1.0, float("nan")]):
        interval = jackknife_interval(1.0, replicates)
        assert interval.value == 1
        assert np.isnan([interval.low, interval.high]).all()


def test_misuse_is_refused() -> None:
    with pytest.raises(DataError, match="vector"):
        jackknife_variance([[1.0]])
    with pytest.raises(DataError, match="same groups"):
        jackknife_difference(1, [1.0, 2.0], 1, [1.0])
    with pytest.raises(DataError, match="confidence"):
        jackknife_interval(1, [1.0, 2.0], confidence=1)
