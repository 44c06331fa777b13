"""The label-efficiency curve: which contexts are drawn, and what is averaged."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scripted import labelled

from tilth.distill.curve import FEWEST_CONTEXTS, REPEATS, SHARES, label_efficiency
from tilth.distill.dataset import LabelledPairs
from tilth.distill.measure import Exam
from tilth.distill.result import CurvePoint

TEST = labelled([(100, 0, 1), (100, 1, 0), (101, 0, 1), (101, 1, 0)])
RIGHT = np.array([1.0, 0.0, 1.0, 0.0])


def training(contexts: int, per_context: int = 2) -> LabelledPairs:
    return labelled([(c, i, (c + i) % 2) for c in range(contexts) for i in range(per_context)])


def curve(labels: LabelledPairs, score=lambda _: RIGHT, seed: int = 0) -> tuple[CurvePoint, ...]:
    return label_efficiency(labels, Exam(TEST, n_boot=50, confidence=0.9, seed=1), score, seed=seed)


def test_each_share_has_its_point_and_the_last_takes_all() -> None:
    points = curve(training(20))
    assert [point.n_contexts for point in points] == [4, 7, 10, 15, 20]
    assert [point.n_labels for point in points] == [8, 14, 20, 30, 40]
    assert [point.repeats for point in points] == [REPEATS] * 4 + [1]
    assert [point.auroc.value for point in points] == [1.0] * 5


def test_sizes_too_small_to_learn_from_are_left_out() -> None:
    assert [point.n_contexts for point in curve(training(100))] == [round(share * 100) for share in SHARES]
    assert [point.n_contexts for point in curve(training(4))] == [3, 4]
    assert curve(training(FEWEST_CONTEXTS - 1)) == ()


def test_contexts_are_drawn_whole() -> None:
    labels, seen = training(10, per_context=3), list[NDArray[np.int64]]()

    def score(places: NDArray[np.int64]) -> NDArray[np.float64]:
        seen.append(places)
        return RIGHT

    points = curve(labels, score)
    assert len(seen) == sum(point.repeats for point in points)
    for places in seen:
        drawn = labels.context_rows[places]
        assert all((drawn == context).sum() == 3 for context in set(drawn.tolist()))
    assert len({tuple(places) for places in seen[:REPEATS]}) > 1, "the draws of one size differ"


def test_the_value_is_the_mean_over_draws_and_the_interval_pools_them() -> None:
    answers = iter([RIGHT, 1 - RIGHT, np.zeros(4)] * 100)
    points = curve(training(20), lambda _: next(answers))
    assert points[0].auroc.value == pytest.approx((1.0 + 0.0 + 0.5) / 3)
    assert (points[0].auroc.low, points[0].auroc.high) == (0.0, 1.0)


def test_draws_whose_labels_are_all_alike_are_not_fitted() -> None:
    # One bad context among twenty: small draws often miss it.
    labels = labelled([(c, i, 0.9 if c == 0 else 0.1) for c in range(20) for i in range(2)])
    points = curve(labels, lambda places: RIGHT if np.ptp(labels.p[places]) > 0 else pytest.fail("nothing to learn"))
    assert points[-1].n_contexts == 20
    assert sum(point.repeats for point in points) < 4 * REPEATS + 1


def test_a_seed_draws_the_same_contexts() -> None:
    def drawn(seed: int) -> list[list[int]]:
        seen: list[list[int]] = []
        curve(training(20), lambda places: (seen.append(places.tolist()), RIGHT)[1], seed=seed)
        return seen

    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)
