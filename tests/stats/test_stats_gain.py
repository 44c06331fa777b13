"""Discounted gain and recall, worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.errors import DataError
from tilth.stats import dcg, judged_share, ndcg, recall_at

NAN = float("nan")
grades = st.lists(st.integers(0, 3), min_size=1, max_size=30)


def test_dcg_by_hand():
    assert dcg([3, 0, 1]) == pytest.approx(7 / 1 + 0 + 1 / 2)
    assert dcg([3, 0, 1], k=2) == 7
    assert dcg([]) == 0


def test_ndcg_by_hand():
    ideal = 7 + 3 / math.log2(3) + 1 / 2
    assert ndcg([2, 3], [3, 2, 1]) == pytest.approx((3 + 7 / math.log2(3)) / ideal)
    assert ndcg([], [1]) == 0
    assert math.isnan(ndcg([0], [0, 0]))


def test_what_nobody_judged_counts_as_nothing_or_not_at_all():
    assert ndcg([NAN, 1], [1]) == pytest.approx(1 / math.log2(3))
    assert ndcg([NAN, 1], [1], unjudged="condensed") == 1
    assert ndcg([NAN] * 20 + [1], [1], k=10) == 0
    assert ndcg([NAN] * 20 + [1], [1], k=10, unjudged="condensed") == 1
    assert judged_share([NAN, 1, 0, NAN]) == 0.5
    assert math.isnan(judged_share([]))


def test_recall_by_hand():
    assert recall_at([0, 2, NAN, 1], [2, 1, 3, 0], k=3) == pytest.approx(1 / 3)
    assert recall_at([0, 2, NAN, 1], [2, 1, 3, 0], k=3, unjudged="condensed") == pytest.approx(2 / 3)
    assert recall_at([2, 1], [2, 1], relevant_from=2) == 1
    assert math.isnan(recall_at([0], [0]))


@given(grades)
def test_the_best_order_has_one(given):
    best = sorted(given, reverse=True)
    assert math.isnan(ndcg(best, given)) if not any(given) else ndcg(best, given) == pytest.approx(1)


@given(grades, st.randoms())
def test_no_order_is_better_than_the_best(given, random):
    order = list(given)
    random.shuffle(order)
    value = ndcg(order, given)
    assert math.isnan(value) or 0 <= value <= 1 + 1e-12


def test_what_cannot_be_graded_is_refused():
    with pytest.raises(DataError, match="0 or more"):
        ndcg([-1], [1])
    with pytest.raises(DataError, match="0 or more"):
        ndcg([1], [np.nan])
    with pytest.raises(DataError, match="at least 1"):
        ndcg([1], [1], k=0)
