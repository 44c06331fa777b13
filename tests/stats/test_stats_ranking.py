import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.metrics import precision_recall_curve as sklearn_curve

from tilth.errors import DataError
from tilth.stats import auroc, average_precision, precision_recall_curve

rows = st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(1, 4)), min_size=2, max_size=50)


def test_worked_by_hand_with_a_tie():
    # positives 3, 2; negatives 2, 1: wins 1, 1, 1/2, 1 of 4
    assert auroc([3, 2, 2, 1], [1, 1, 0, 0]) == pytest.approx(3.5 / 4)
    curve = precision_recall_curve([3, 2, 2, 1], [1, 1, 0, 0])
    assert curve.thresholds.tolist() == [3, 2, 1]
    assert curve.precision == pytest.approx([1, 2 / 3, 1 / 2])
    assert curve.recall == pytest.approx([1 / 2, 1, 1])
    assert curve.flagged_share == pytest.approx([1 / 4, 3 / 4, 1])
    assert average_precision([3, 2, 2, 1], [1, 1, 0, 0]) == pytest.approx(1 / 2 + 1 / 2 * 2 / 3)


@given(rows)
def test_agrees_with_scikit_learn_also_when_weighted(table: list[tuple[int, bool, int]]):
    scores, labels, weights = (np.array(column) for column in zip(*table, strict=True))
    if labels.any() and not labels.all():
        assert auroc(scores, labels, weights) == pytest.approx(roc_auc_score(labels, scores, sample_weight=weights))
        ours = average_precision(scores, labels, weights)
        assert ours == pytest.approx(average_precision_score(labels, scores, sample_weight=weights))
        precision, recall, thresholds = sklearn_curve(labels, scores)
        curve = precision_recall_curve(scores, labels)
        assert curve.thresholds[::-1] == pytest.approx(thresholds)
        assert curve.precision[::-1] == pytest.approx(precision[:-1])
        assert curve.recall[::-1] == pytest.approx(recall[:-1])


@given(rows)
def test_turning_the_score_round_mirrors_auroc(table: list[tuple[int, bool, int]]):
    scores, labels, _ = (np.array(column) for column in zip(*table, strict=True))
    assert auroc(-scores, labels) == pytest.approx(1 - auroc(scores, labels), nan_ok=True)


def test_one_class_is_undefined():
    assert np.isnan(auroc([1, 2], [1, 1]))
    assert np.isnan(average_precision([1, 2], [0, 0]))


@pytest.mark.parametrize(
    ("scores", "labels", "weights"),
    [
        ([1, np.nan], [0, 1], None),
        ([1, 2], [0, 2], None),
        ([1, 2], [0], None),
        ([], [], None),
        ([1, 2], [0, 1], [0, 0]),
    ],
)
def test_unusable_arrays_are_refused(scores, labels, weights):
    with pytest.raises(DataError):
        auroc(scores, labels, weights)
