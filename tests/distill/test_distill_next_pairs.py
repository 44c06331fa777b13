"""Which pairs are proposed for labelling, and which never are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit
from scripted import PREPARED, labelled, scripted_filter
from tiny_world import Pair, gold_with_parts, judgments, labels, offered, pairs_of

from tilth.data import Parts
from tilth.distill.divide import Divided
from tilth.distill.next_pairs import PER_CONTEXT, NextPair, most_useful, propose
from tilth.records import Judgments

floats = st.floats(0, 1)


def useful(p: list[float], apart: list[float], contexts: list[int], pivot: float, count: int) -> list[int]:
    return most_useful(np.array(p), np.array(apart), np.array(contexts), pivot, count=count).tolist()


def test_pairs_near_the_decision_come_first() -> None:
    # Closeness at a pivot of 0.5: 1 - 2 |p - 0.5|, so 0.2, 1.0, 0.6, 0.8.
    assert useful([0.9, 0.5, 0.3, 0.6], [0, 0, 0, 0], [0, 1, 2, 3], 0.5, 3) == [1, 3, 2]


def test_disagreement_counts_as_much() -> None:
    # Closeness 0.2 and 0.9, disagreement 0.8 and 0.05: 1.0 beats 0.95.
    assert useful([0.9, 0.55], [0.8, 0.05], [0, 1], 0.5, 1) == [0]


def test_closeness_is_measured_from_the_pivot_in_its_longer_arm() -> None:
    # From 0.8: |0.4 - 0.8| / 0.8 = 0.5 and |1 - 0.8| / 0.8 = 0.25.
    assert useful([0.4, 1.0], [0, 0], [0, 1], 0.8, 2) == [1, 0]
    assert useful([0.4, 1.0], [0.3, 0], [0, 1], 0.8, 2) == [0, 1]


def test_at_most_two_of_a_context() -> None:
    assert useful([0.5] * 5, [0] * 5, [7, 7, 7, 8, 7], 0.5, 5) == [0, 1, 3]


@settings(deadline=None)
@given(st.lists(st.tuples(floats, floats, st.integers(0, 4)), min_size=1), st.floats(0.01, 0.99), st.integers(1, 9))
def test_the_choice_is_the_best_that_the_rule_allows(
    rows: list[tuple[float, float, int]], pivot: float, count: int
) -> None:
    p, apart, contexts = (np.array(column) for column in zip(*rows, strict=True))
    chosen = most_useful(p, apart, contexts, pivot, count=count)
    worth = 1 - np.abs(p - pivot) / max(pivot, 1 - pivot) + apart
    assert len(set(chosen.tolist())) == len(chosen) <= count
    assert (np.diff(worth[chosen]) <= 0).all()
    assert np.bincount(contexts[chosen]).max() <= PER_CONTEXT
    allowed = sum(min(PER_CONTEXT, int(n)) for n in np.bincount(contexts))
    assert len(chosen) == min(count, allowed)
    if len(chosen) == count:
        full = np.flatnonzero(np.bincount(contexts[chosen], minlength=5) >= PER_CONTEXT)
        others = np.setdiff1d(np.flatnonzero(~np.isin(contexts, full)), chosen)
        assert all(worth[other] <= worth[chosen[-1]] for other in others)


def proposed(
    asked: list[Pair], *, gold: Judgments | None = None, test: frozenset[str] = frozenset(), **more
) -> tuple[NextPair, ...]:
    scores = {(0, 0): logit(0.5), (0, 1): logit(0.6), (1, 1): logit(0.9), (2, 2): logit(0.2)}
    taught = labelled([(1, 1, 0.2), (2, 2, 0.2)])
    divided = Divided("model:t", Parts({"test": test}), taught, taught, None, None)
    chosen = scripted_filter(scores, more.pop("threshold", None))
    return propose(chosen, PREPARED, pairs_of(asked), divided, gold, count=more.pop("count", 10))


ASKED = [("u00", "j0"), ("u00", "j1"), ("u01", "j1"), ("u02", "j2")]


def test_a_proposal_says_the_students_p_and_how_far_the_teacher_is() -> None:
    found = proposed(ASKED)
    # Usefulness: 1.0, 0.8, 0.2 + 0.7 and 0.4.
    assert [(pair.context_id, pair.item_id) for pair in found] == [ASKED[0], ASKED[2], ASKED[1], ASKED[3]]
    assert [pair.p for pair in found] == pytest.approx([0.5, 0.9, 0.6, 0.2])
    assert [pair.disagreement for pair in found] == pytest.approx([0, 0.7, 0, 0])


def test_the_threshold_is_the_pivot_where_there_is_one() -> None:
    assert proposed(ASKED, threshold=float(logit(0.9)), count=1)[0].item_id == "j1"
    assert proposed(ASKED, threshold=float(logit(0.9)), count=1)[0].context_id == "u01"


def test_pairs_with_gold_and_pairs_of_test_contexts_are_never_proposed() -> None:
    found = proposed(ASKED, gold=labels(ASKED[:1], "human:ann"), test=frozenset({"u02"}))
    assert {(pair.context_id, pair.item_id) for pair in found} == {ASKED[1], ASKED[2]}


def test_gold_of_every_part_counts_as_labelled() -> None:
    gold = gold_with_parts(offered(24), lambda _: "few-shot")
    assert proposed(offered(24), gold=gold) == ()


def test_ids_that_run_together_are_told_apart() -> None:
    # Without a separator these read alike.
    gold = judgments([{"context_id": "u0", "item_id": "0j0", "grade": 1.0}])
    assert [pair.item_id for pair in proposed(ASKED[:1], gold=gold)] == ["j0"]


def test_a_pair_that_was_offered_twice_is_proposed_once() -> None:
    found = proposed([*ASKED, *ASKED])
    assert len(found) == len({(pair.context_id, pair.item_id) for pair in found}) == 4


@pytest.mark.parametrize("more", [{"count": 0}, {"test": frozenset({"u00", "u01", "u02"})}])
def test_nothing_to_propose(more: dict) -> None:
    assert proposed(ASKED, **more) == ()
