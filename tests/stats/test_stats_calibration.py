import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as sklearn_log_loss

from tilth.errors import DataError
from tilth.stats import brier, expected_calibration_error, log_loss, reliability_bins

rows = st.lists(st.tuples(st.floats(0.01, 0.99), st.booleans()), min_size=2, max_size=60)


@given(rows)
def test_agrees_with_scikit_learn(table: list[tuple[float, bool]]):
    p, labels = (np.array(column) for column in zip(*table, strict=True))
    assert brier(p, labels) == pytest.approx(brier_score_loss(labels, p, pos_label=True))
    assert log_loss(p, labels) == pytest.approx(sklearn_log_loss(labels, p, labels=[False, True]))


def test_soft_labels_and_weights_by_hand():
    assert brier([0.5, 0.2], [0.7, 0.2]) == pytest.approx(0.02)
    assert brier([0.5, 0.2], [1, 0], weights=[3, 1]) == pytest.approx((3 * 0.25 + 0.04) / 4)
    assert np.isfinite(log_loss([0.0], [1]))


def test_bins_of_equal_mass_by_hand():
    bins = reliability_bins([0.1, 0.2, 0.6, 0.8], [0, 1, 1, 1], n_bins=2)
    assert bins.mean_p == pytest.approx([0.15, 0.7])
    assert bins.rate == pytest.approx([0.5, 1.0])
    assert bins.count.tolist() == [2, 2]
    assert expected_calibration_error([0.1, 0.2, 0.6, 0.8], [0, 1, 1, 1], n_bins=2) == pytest.approx(0.325)


@given(rows, st.integers(1, 12), st.randoms())
def test_bins_lose_no_row_and_ignore_the_order(table, n_bins, random):
    p, labels = (np.array(column) for column in zip(*table, strict=True))
    bins = reliability_bins(p, labels, n_bins)
    assert bins.count.sum() == len(p)
    assert len(bins.count) <= n_bins
    assert (np.diff(bins.mean_p) > 0).all()
    order = list(range(len(p)))
    random.shuffle(order)
    assert reliability_bins(p[order], labels[order], n_bins).rate == pytest.approx(bins.rate)


def test_a_calibrated_forecast_has_a_small_error_and_a_sure_one_a_large():
    p = np.random.default_rng(0).random(20_000)
    labels = np.random.default_rng(1).random(20_000) < p
    assert expected_calibration_error(p, labels) < 0.015
    assert expected_calibration_error(np.where(p > 0.5, 0.99, 0.01), labels) > 0.2


@pytest.mark.parametrize(("p", "labels"), [([1.2], [1]), ([0.2], [2]), ([np.nan], [1]), ([0.2, 0.3], [1])])
def test_what_is_no_probability_is_refused(p, labels):
    with pytest.raises(DataError):
        brier(p, labels)


def test_bins_need_a_number_above_0():
    with pytest.raises(DataError, match="n_bins"):
        reliability_bins([0.1], [1], 0)
