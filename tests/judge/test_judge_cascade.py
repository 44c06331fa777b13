import numpy as np
import pyarrow as pa
import pytest
from compare_helpers import grid, judgments
from hypothesis import given
from hypothesis import strategies as st

from tilth.errors import DataError
from tilth.judge.aligned import align_gold
from tilth.judge.cascade import Confidence, Level, confidence_of, in_order, merge, unsure
from tilth.records import Judgments, Pairs, Positive

BAD = Positive("bad", at_least=1)
PAIRS = grid(20, 4)
ALL = frozenset(f"q{n}" for n in range(20))


def taken(numbers: list[int]) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def test_the_least_certain_go_on_and_never_more_than_the_share() -> None:
    certainty = np.array([0.9, 0.5, 0.0, 0.7, 0.6])
    assert unsure(certainty, share=0.4).tolist() == [1, 2]
    assert unsure(certainty, share=0.59).tolist() == [1, 2]
    assert unsure(certainty, share=1.0, margin=0.15).tolist() == [1, 2, 4]
    assert unsure(certainty, share=0.4, margin=0.15).tolist() == [1, 2]
    assert unsure(certainty, share=0.0).tolist() == []


@given(st.lists(st.floats(0, 1), max_size=50), st.floats(0, 1), st.none() | st.floats(0, 0.5))
def test_the_share_is_a_cap(certainty: list[float], share: float, margin: float | None) -> None:
    rows = unsure(np.array(certainty), share=share, margin=margin)
    assert len(rows) <= share * len(certainty) + 1e-6
    kept = np.delete(np.array(certainty), rows)
    if len(rows) and len(kept) and margin is None:
        assert np.array(certainty)[rows].max() <= kept.min()


def test_calibration_turns_overconfidence_into_the_rate_it_deserves() -> None:
    """Half of what the teacher calls bad with p = 0.99 is bad, all of what it calls good is good."""
    said = [1.0, 1.0, 0.0, 0.0] * 20
    truth = [1.0, 0.0, 0.0, 0.0] * 20
    p = [0.99 if grade else 0.01 for grade in said]
    found = confidence_of(
        judgments(PAIRS, "model:t", said, p=p), BAD, align_gold(judgments(PAIRS, "human:a", truth)), ALL
    )
    assert found.calibrated
    assert found.p[:4] == pytest.approx([0.5, 0.5, 0.01, 0.01], abs=0.02)
    assert found.certainty[:4] == pytest.approx([0.5, 0.5, 0.99, 0.99], abs=0.02)


def test_grades_alone_can_be_calibrated_but_not_taken_at_their_word() -> None:
    said, truth = [1.0, 0.0] * 40, [1.0, 0.0, 0.0, 0.0] * 20
    gold = align_gold(judgments(PAIRS, "human:a", truth))
    found = confidence_of(judgments(PAIRS, "model:t", said), BAD, gold, ALL)
    assert found.certainty[:2] == pytest.approx([0.5, 0.98], abs=0.02)
    with pytest.raises(DataError, match=r"no p, and only 4 labelled pairs.*\n  hint: label at least 20"):
        confidence_of(judgments(PAIRS, "model:t", said), BAD, gold, frozenset({"q0"}))


def test_without_enough_gold_p_is_taken_at_its_word_and_failures_are_the_least_certain() -> None:
    said = judgments(PAIRS[:3], "model:t", [1, 0, None], p=[0.9, 0.2, None])
    found = confidence_of(said, BAD, None, frozenset())
    assert not found.calibrated
    assert "not calibrated" in found.note
    assert found.certainty.tolist() == pytest.approx([0.9, 0.8, 0.0])


def test_gold_outside_the_calibration_part_plays_no_role() -> None:
    said = [1.0, 0.0] * 40
    p = [0.8 if grade else 0.2 for grade in said]
    half = frozenset(f"q{n}" for n in range(10))
    truth = np.array([1.0, 0.0, 0.0, 0.0] * 20)
    turned = np.concatenate([truth[:40], 1 - truth[40:]])
    teacher = judgments(PAIRS, "model:t", said, p=p)
    one, other = (
        confidence_of(teacher, BAD, align_gold(judgments(PAIRS, "human:a", gold.tolist())), half)
        for gold in (truth, turned)
    )
    assert one.p.tolist() == other.p.tolist()


def test_merging_by_hand() -> None:
    """Four pairs: kept, escalated, escalated but the strong one failed, failed and then labelled."""
    pairs = PAIRS[:4]
    cheap = judgments(
        pairs,
        "model:cheap",
        [1, 1, 0, None],
        p=[0.9, 0.6, 0.4, None],
        cost_usd=[1, 1, 1, None],
        latency_s=[1, 1, 1, None],
    )
    strong = judgments(
        pairs[1:], "model:strong", [0, None, 1], p=[0.1, None, 0.8], cost_usd=[10, 10, 10], latency_s=[5, None, 5]
    )
    sure = Confidence(np.array([0.8, 0.5, 0.45, np.nan]), np.array([0.8, 0.5, 0.55, 0.0]), True, "")
    rows = merge(
        [Level("cheap", cheap, taken([0, 1, 2, 3]), sure), Level("strong", strong, taken([1, 2, 3]), None)]
    ).table.to_pylist()
    assert [row["grade"] for row in rows] == [1, 0, 0, 1]
    assert [row["teacher"] for row in rows] == ["cheap", "strong", "cheap", "strong"]
    assert [row["p"] for row in rows] == [0.8, 0.1, 0.45, 0.8]
    assert [row["certainty"] for row in rows] == [0.8, None, 0.55, None]
    assert [row["asked"] for row in rows] == [["cheap"], ["cheap", "strong"], ["cheap", "strong"], ["cheap", "strong"]]
    assert [row["cost_usd"] for row in rows] == [1, 11, 11, 10]
    assert [row["latency_s"] for row in rows] == [1, 6, None, 5]
    assert {row["source"] for row in rows} == {"model:cascade"}


def test_a_pair_that_nobody_could_label_stays_failed() -> None:
    cheap, strong = (judgments(PAIRS[:1], f"model:{name}", [None]) for name in ("cheap", "strong"))
    sure = Confidence(np.array([np.nan]), np.array([0.0]), False, "")
    row = merge([Level("cheap", cheap, taken([0]), sure), Level("strong", strong, taken([0]), None)]).table.to_pylist()[
        0
    ]
    assert (row["grade"], row["p"], row["error"], row["cost_usd"]) == (None, None, "failed", None)


def test_judgments_are_put_into_the_order_of_the_pairs() -> None:
    said = judgments(PAIRS[:5], "model:t", [0, 1, 2, 3, 4])
    rows = [{"context_id": c, "item_id": i, "weight": 1.0} for c, i in (PAIRS[3], PAIRS[0], PAIRS[4])]
    pairs = Pairs(pa.Table.from_pylist(rows))
    assert in_order(said, pairs).table["grade"].to_pylist() == [3, 0, 4]
    with pytest.raises(DataError, match="have no judgment"):
        in_order(Judgments(said.table.slice(0, 2)), pairs)
    with pytest.raises(DataError, match="have no judgment"):
        in_order(Judgments(said.table.slice(0, 0)), pairs)
