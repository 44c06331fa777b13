"""Judgments as arrays, and their division: failures are no labels, test contexts never train."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_world import (
    BAD,
    PEOPLE,
    Pair,
    gold_with_parts,
    jobs,
    judgments,
    label,
    labels,
    material,
    offered,
    people,
    person,
    small_config,
    thirds,
)

from tilth.distill.dataset import LabelledPairs, labelled_pairs, within, without
from tilth.distill.divide import Divided, divide
from tilth.errors import DataError
from tilth.records import Judgments, Positive

FAILED = {"source": "model:t", "error": "the model refused", "raw": "no"}


def arrays(table: Judgments, positive: Positive = BAD) -> LabelledPairs:
    return labelled_pairs(table, positive, people(), jobs())


def said(*rows: tuple[str, str, float | None, float | None]) -> Judgments:
    """(context, item, grade, p) of each judgment."""
    names = ("context_id", "item_id", "grade", "p")
    return judgments([{**dict(zip(names, row, strict=True)), "source": "model:t"} for row in rows])


def test_rows_index_the_entities_and_p_is_the_sources_own() -> None:
    pairs = arrays(said(("u02", "j7", 1.0, 0.8), ("u00", "j1", 0.0, 0.3)))
    assert pairs.context_rows.tolist() == [2, 0]
    assert pairs.item_rows.tolist() == [7, 1]
    assert pairs.p.tolist() == [0.8, 0.3]
    assert pairs.positive.tolist() == [True, False]
    assert (len(pairs), pairs.n_contexts) == (2, 2)


def test_without_a_p_the_grade_is_taken() -> None:
    assert arrays(said(("u00", "j0", 1.0, None), ("u00", "j1", 0.0, None))).p.tolist() == [1.0, 0.0]
    assert arrays(said(("u00", "j0", 1.0, None), ("u00", "j1", 0.0, 0.2))).p.tolist() == [1.0, 0.2]


def test_a_pair_judged_several_times_is_averaged() -> None:
    pairs = arrays(said(("u00", "j0", 1.0, 0.9), ("u01", "j0", 0.0, 0.1), ("u00", "j0", 0.0, 0.2)))
    assert len(pairs) == 2
    assert pairs.p.tolist() == [pytest.approx(0.55), 0.1]
    # The mean grade is 0.5, below the cut at 1.
    assert pairs.positive.tolist() == [False, False]


def test_a_cut_from_above() -> None:
    relevance = said(("u00", "j0", 1.0, None), ("u00", "j1", 3.0, None), ("u00", "j2", 2.33, None))
    assert arrays(relevance, Positive("bad", below=2)).positive.tolist() == [True, False, False]


def test_failed_judgments_never_become_labels() -> None:
    good = said(("u00", "j0", 1.0, 0.9), ("u01", "j1", 0.0, 0.1)).table.to_pylist()
    failed = [{"context_id": f"u0{n}", "item_id": "j0", **FAILED} for n in range(5)]
    pairs = arrays(judgments([*failed[:2], good[0], *failed[2:], good[1]]))
    assert pairs.context_rows.tolist() == [0, 1]
    assert pairs.p.tolist() == [0.9, 0.1]
    assert len(arrays(judgments(failed))) == 0


def test_within_and_without() -> None:
    pairs = arrays(labels(offered(4)))
    inside, outside = within(pairs, people(), ["u01", "u03", "nobody"]), without(pairs, people(), ["u01", "u03"])
    assert set(inside.context_rows.tolist()) == {1, 3}
    assert set(outside.context_rows.tolist()) == {0, 2}
    assert len(within(pairs, people(), [])) == 0
    assert len(without(pairs, people(), [])) == len(pairs)


@settings(deadline=None)
@given(st.sets(st.integers(0, PEOPLE - 1)))
def test_within_and_without_divide_the_pairs(ids: set[int]) -> None:
    pairs, names = arrays(labels(offered())), [person(n) for n in ids]
    inside, outside = within(pairs, people(), names), without(pairs, people(), names)
    assert len(inside) + len(outside) == len(pairs)
    assert set(inside.context_rows.tolist()) == ids
    assert not set(outside.context_rows.tolist()) & ids


def divided(teacher: Judgments | None = None, gold: Judgments | None = None, seed: int = 0) -> Divided:
    return divide(small_config(), material(), teacher or labels(offered()), gold, BAD, seed)


def test_calibration_and_test_contexts_never_train() -> None:
    parts = divided(gold=gold_with_parts(offered(24), thirds))
    assert set(parts.training.context_rows.tolist()) == set(range(24, 48))
    assert parts.calibration is not None
    assert parts.test is not None
    assert set(parts.calibration.context_rows.tolist()) == set(range(12))
    assert set(parts.test.context_rows.tolist()) == set(range(12, 24))
    assert len(parts.taught) == 192, "the teacher's own exam takes all of its labels"
    assert parts.counts() == {
        "training": {"contexts": 24, "pairs": 96, "positives": 48},
        "calibration": {"contexts": 12, "pairs": 48, "positives": 24},
        "test": {"contexts": 12, "pairs": 48, "positives": 24},
    }


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_no_context_is_in_two_parts_for_any_seed(seed: int) -> None:
    parts = divided(gold=labels(offered(30), "human:ann"), seed=seed)
    sets = [set(p.context_rows.tolist()) for p in (parts.training, parts.calibration, parts.test) if p is not None]
    assert sum(len(one) for one in sets) == len(set().union(*sets))


def test_the_gold_and_not_the_teacher_calibrates_and_tests() -> None:
    wrong = [label(pair, "model:t", True) for pair in offered()[:96]]
    teacher = judgments([*wrong, *labels(offered()[96:]).table.to_pylist()])
    parts = divided(teacher, gold_with_parts(offered(24), thirds))
    assert parts.test is not None
    assert parts.test.positive.mean() == 0.5
    assert parts.taught.positive[:96].all()


def test_without_gold_everything_trains() -> None:
    parts = divided()
    assert len(parts.training) == 192
    assert (parts.calibration, parts.test) == (None, None)
    assert list(parts.counts()) == ["training"]


def test_gold_of_one_class_neither_calibrates_nor_tests_but_is_kept_apart() -> None:
    def all_bad(_: Pair) -> bool:
        return True

    parts = divided(gold=gold_with_parts(offered(24), thirds, bad=all_bad))
    assert (parts.calibration, parts.test) == (None, None)
    assert set(parts.training.context_rows.tolist()) == set(range(24, 48))


def test_too_few_labels_are_refused() -> None:
    with pytest.raises(DataError, match=r"model:t labelled 16 usable pairs of 4 contexts outside.* needs 20 of 5"):
        divided(labels(offered(4)))
    with pytest.raises(DataError, match="labelled 0 usable pairs of 0 contexts"):
        divided(labels(offered(24)), gold_with_parts(offered(24), thirds))
    with pytest.raises(DataError, match="of 4 contexts"):
        divided(labels([(person(n), f"j{m}") for n in range(4) for m in range(8)]))


def test_failed_answers_do_not_count_as_labels_enough() -> None:
    failed = [{"context_id": person(n), "item_id": "j0", **FAILED} for n in range(40)]
    with pytest.raises(DataError, match="labelled 16 usable pairs"):
        divided(judgments([*failed, *labels(offered(4)).table.to_pylist()]))


def test_labels_that_are_all_alike_are_refused() -> None:
    alike = judgments([{**label(pair, "model:t", True), "p": 0.7} for pair in offered()])
    with pytest.raises(DataError, match="all labels of model:t are alike: there is nothing to learn"):
        divided(alike)


def test_labels_that_only_differ_in_test_contexts_are_all_alike() -> None:
    teacher = judgments([label(pair, "model:t", int(pair[0][1:]) < 24) for pair in offered()])
    with pytest.raises(DataError, match="alike"):
        divided(teacher, gold_with_parts(offered(24), thirds))


def test_taking_rows_keeps_the_arrays_together() -> None:
    pairs = arrays(labels(offered(4)))
    taken = pairs.take(np.array([3, 0]))
    assert taken.item_rows.tolist() == [pairs.item_rows[3], pairs.item_rows[0]]
    assert taken.p.tolist() == [pairs.p[3], pairs.p[0]]
