import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score, precision_score, recall_score

from tilth.errors import DataError
from tilth.stats import cohen_kappa, confusion_counts, f1, precision, quadratic_weighted_kappa, recall

grades = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=4, max_size=60)


def test_numbers_worked_by_hand():
    counts = np.array([[50.0, 10.0], [5.0, 35.0]])
    assert precision(counts) == pytest.approx(35 / 45)
    assert recall(counts) == pytest.approx(35 / 40)
    assert f1(counts) == pytest.approx(70 / 85)
    # observed 0.85, by chance 0.6 * 0.55 + 0.4 * 0.45 = 0.51
    assert cohen_kappa(counts) == pytest.approx((0.85 - 0.51) / (1 - 0.51))


def test_quadratic_kappa_worked_by_hand():
    # grades 0, 1, 2 against 0, 2, 2: mean squared distance 1/3; by chance (0 + 4 + 4 + 1 + 1 + 1 + 4) / 9 = 15 / 9
    assert quadratic_weighted_kappa(confusion_counts([0, 1, 2], [0, 2, 2], 3)) == pytest.approx(1 - (1 / 3) / (15 / 9))


def test_grades_that_are_not_evenly_spaced_use_their_own_distances():
    counts = confusion_counts([0, 1, 1, 0], [0, 1, 0, 0], 2)
    assert quadratic_weighted_kappa(counts, [0, 7]) == pytest.approx(quadratic_weighted_kappa(counts))
    wide = quadratic_weighted_kappa(confusion_counts([0, 1, 2, 2], [0, 2, 2, 1], 3), [0, 1, 5])
    spelled = quadratic_weighted_kappa(confusion_counts([0, 1, 5, 5], [0, 5, 5, 1], 6))
    assert wide == pytest.approx(spelled)


@given(grades)
def test_agrees_with_scikit_learn(pairs: list[tuple[int, int]]):
    gold, said = np.array(pairs).T
    counts = confusion_counts(gold, said, 4)
    if len(set(gold) | set(said)) > 1:
        assert cohen_kappa(counts) == pytest.approx(cohen_kappa_score(gold, said))
        # Without the labels scikit-learn would close the gap that an unused grade leaves.
        peer = cohen_kappa_score(gold, said, weights="quadratic", labels=range(4))
        assert quadratic_weighted_kappa(counts) == pytest.approx(peer)
    yes, no = gold >= 2, said >= 2
    binary = confusion_counts(yes, no, 2)
    if no.any():
        assert precision(binary) == pytest.approx(precision_score(yes, no))
    if yes.any():
        assert recall(binary) == pytest.approx(recall_score(yes, no))
        assert f1(binary) == pytest.approx(f1_score(yes, no))


@given(grades)
def test_kappa_is_symmetric_and_at_most_1(pairs: list[tuple[int, int]]):
    gold, said = np.array(pairs).T
    forth, back = (cohen_kappa(confusion_counts(*both, 4)) for both in ((gold, said), (said, gold)))
    assert forth == pytest.approx(back, nan_ok=True)
    assert np.isnan(forth) or forth <= 1


def test_what_is_undefined_is_nan_not_0():
    all_negative = np.array([[9.0, 0.0], [0.0, 0.0]])
    for metric in (precision, recall, f1, cohen_kappa, quadratic_weighted_kappa):
        assert np.isnan(metric(all_negative))
    assert f1(np.array([[5.0, 2.0], [3.0, 0.0]])) == 0


def test_leading_axes_pass_through():
    stack = np.array([[[50.0, 10.0], [5.0, 35.0]], [[9.0, 0.0], [0.0, 0.0]]])
    assert cohen_kappa(stack) == pytest.approx([0.34 / 0.49, np.nan], nan_ok=True)


def test_class_numbers_out_of_range_and_lengths_are_refused():
    with pytest.raises(DataError, match=r"0\.\.1"):
        confusion_counts([0, 2], [0, 1], 2)
    with pytest.raises(DataError, match="gold 2, said 1"):
        confusion_counts([0, 1], [0], 2)
