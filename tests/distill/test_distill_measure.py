"""The exam's numbers, worked by hand."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.distill.dataset import LabelledPairs
from tilth.distill.measure import CURVE_POINTS, Exam
from tilth.stats import Estimate

# Two contexts of four pairs each: bad, bad, good, good and bad, good, good, good.
CONTEXTS = [0, 0, 0, 0, 1, 1, 1, 1]
BAD = [1, 1, 0, 0, 1, 0, 0, 0]


def exam(bad: list[int] = BAD, contexts: list[int] = CONTEXTS, n_boot: int = 200) -> Exam:
    positive = np.array(bad, dtype=bool)
    pairs = LabelledPairs(np.array(contexts), np.arange(len(bad)), positive.astype(float), positive)
    return Exam(pairs, n_boot=n_boot, confidence=0.9, seed=5)


def flags(*places: int, n: int = 8) -> np.ndarray:
    return np.isin(np.arange(n), places)


def test_precision_recall_and_flagged_share() -> None:
    found = exam().evaluate("s", np.arange(8.0), flags=flags(0, 1, 2, 4))
    assert found.precision is not None
    assert found.recall is not None
    assert found.flagged_share is not None
    assert (found.precision.value, found.recall.value, found.flagged_share.value) == (0.75, 1.0, 0.5)
    assert (found.n, found.n_contexts, found.n_positive) == (8, 2, 3)
    assert (found.brier, found.ece) == (None, None)
    # Whole contexts are drawn: (0, 0), (0, 1) or (1, 1). Precision is 2/3, 3/4 or 1.
    assert (found.precision.low, found.precision.high) == (pytest.approx(2 / 3), 1.0)


def test_ranking_numbers() -> None:
    # Bad pairs score 8, 5 and 4, good ones 7, 6, 3, 2, 1: of the 15 bad-good couples 5 + 3 + 3 are in order.
    found = exam().evaluate("s", np.array([8.0, 5, 7, 6, 4, 3, 2, 1]))
    assert found.auroc.value == pytest.approx(11 / 15)
    # Bad pairs stand at ranks 1, 4 and 5.
    assert found.average_precision == pytest.approx((1 / 1 + 2 / 4 + 3 / 5) / 3)
    assert (found.precision, found.recall, found.flagged_share) == (None, None, None)


def test_probabilities() -> None:
    p = np.array([0.75, 0.75, 0.25, 0.25, 0.75, 0.25, 0.25, 0.25])
    found = exam().evaluate("s", p, p=p)
    assert found.brier == pytest.approx(0.0625)
    # Two bins: mean p 0.75 where all are bad, 0.25 where none is.
    assert found.ece == pytest.approx(0.25)
    assert exam().reliability(p) == (
        {"p": 0.25, "rate": 0.0, "count": 5},
        {"p": 0.75, "rate": 1.0, "count": 3},
    )


def test_what_dropping_does() -> None:
    effect = exam().effect(flags(0, 1, 2, 4))
    assert effect.removed.value == 0.5
    assert effect.bad_before.value == 3 / 8
    assert effect.bad_after.value == 0.0
    assert effect.good_lost.value == 1 / 5
    assert effect.contexts_emptied == 0.0
    assert exam().effect(flags(0, 1, 2, 3)).contexts_emptied == 0.5


def test_dropping_nothing_and_everything() -> None:
    nothing, everything = exam().effect(flags()), exam().effect(flags(*range(8)))
    assert (nothing.removed.value, nothing.good_lost.value) == (0.0, 0.0)
    assert nothing.bad_after == nothing.bad_before
    assert (everything.removed.value, everything.good_lost.value, everything.contexts_emptied) == (1.0, 1.0, 1.0)
    assert math.isnan(everything.bad_after.value), "no list is left to have a share of bad pairs"


def test_a_ratio_over_nothing_is_undefined_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = exam().evaluate("s", np.arange(8.0), flags=flags())
    assert found.precision is not None
    assert all(math.isnan(number) for number in vars(found.precision).values())
    assert found.recall is not None
    assert found.recall.value == 0.0
    assert found.to_json()["precision"] == {"value": None, "low": None, "high": None}


def test_one_context_gives_no_interval() -> None:
    found = exam([1, 0], [7, 7]).evaluate("s", np.array([1.0, 0.0]))
    assert found.auroc.value == 1.0
    assert math.isnan(found.auroc.low)


def test_the_curve_is_worked_from_the_top() -> None:
    points = exam([1, 0, 1], [0, 0, 1]).precision_recall(np.array([0.9, 0.6, 0.3]))
    assert [point["threshold"] for point in points] == sorted((point["threshold"] for point in points), reverse=True)
    by_threshold = {point["threshold"]: point for point in points}
    assert by_threshold[0.9] == {
        "threshold": 0.9,
        "precision": 1.0,
        "recall": 0.5,
        "flagged_share": pytest.approx(1 / 3),
    }
    assert by_threshold[0.3]["precision"] == pytest.approx(2 / 3)
    assert by_threshold[0.3]["recall"] == 1.0


def test_a_long_curve_is_thinned() -> None:
    n = 5 * CURVE_POINTS
    rng = np.random.default_rng(0)
    points = exam(list(rng.integers(0, 2, n)), [*range(10)] * (n // 10)).precision_recall(np.arange(n) / n)
    assert CURVE_POINTS <= len(points) <= 2 * CURVE_POINTS


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=8, max_size=8))
def test_numbers_of_any_decisions_agree_with_each_other(dropped: list[bool]) -> None:
    drop = np.array(dropped)
    effect, found = exam(n_boot=20).effect(drop), exam(n_boot=20).evaluate("s", np.arange(8.0), flags=drop)
    assert found.flagged_share == effect.removed
    kept_bad = sum(bad for bad, gone in zip(BAD, dropped, strict=True) if not gone)
    if not drop.all():
        assert effect.bad_after.value == kept_bad / (8 - drop.sum())
    assert found.recall is not None
    assert found.recall.value == pytest.approx((3 - kept_bad) / 3)


def test_a_seed_gives_the_same_intervals_for_every_scorer() -> None:
    scores = np.array([8.0, 5, 7, 6, 4, 3, 2, 1])
    first, second = exam(), exam()
    assert first.auroc(scores) == second.auroc(scores)
    assert first.auroc(scores) == first.auroc(scores), "asking once does not move the draws"
    assert isinstance(first.auroc(scores), Estimate)
