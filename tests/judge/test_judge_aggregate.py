"""Several sources made one: what is right, what it costs, and that no pair is judged by weights that saw its answer."""

import numpy as np
import pytest
from compare_helpers import grid, judgments, together
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.errors import DataError
from tilth.judge.aggregate import by_dawid_skene, by_gold_weights, panel_of
from tilth.judge.aligned import align_gold
from tilth.records import Judgments, Positive

BAD = Positive("bad", at_least=1)
PAIRS = grid(30, 8)


def world(seed: int = 0, accuracies: tuple[float, ...] = (0.95, 0.6, 0.6)) -> tuple[Judgments, Judgments]:
    """Gold, and one source per accuracy that is right so often."""
    rng = np.random.default_rng(seed)
    truth = (rng.random(len(PAIRS)) < 0.5).astype(float)
    said = []
    for number, accuracy in enumerate(accuracies):
        right = rng.random(len(PAIRS)) < accuracy
        said.append(judgments(PAIRS, f"model:s{number}", np.where(right, truth, 1 - truth).tolist()))
    return judgments(PAIRS, "human:ann", truth.tolist()), together(*said)


def right(made: Judgments, gold: Judgments) -> float:
    return float(np.mean(np.asarray(made.table["grade"]) == np.asarray(gold.table["grade"])))


def contexts(numbers: range) -> frozenset[str]:
    return frozenset(f"q{number}" for number in numbers)


def test_dawid_skene_follows_the_good_source() -> None:
    gold, said = world(accuracies=(0.95, 0.7, 0.7, 0.7))
    made = by_dawid_skene(panel_of(said), BAD)
    assert made.sources == ["model:aggregate-ds"]
    assert right(made, gold) >= 0.93
    assert list(zip(*(made.table[name].to_pylist() for name in ("context_id", "item_id")), strict=True)) == PAIRS


def test_gold_weights_learn_from_the_calibration_part_alone() -> None:
    """Gold outside the contexts that weights are fitted on could say anything: the result stays the same."""
    gold, said = world()
    panel, fitted_on = panel_of(said), contexts(range(15))
    made = by_gold_weights(panel, BAD, align_gold(gold), fitted_on)
    turned = [
        1 - g if c not in fitted_on else g for (c, _), g in zip(PAIRS, gold.table["grade"].to_pylist(), strict=True)
    ]
    again = by_gold_weights(panel, BAD, align_gold(judgments(PAIRS, "human:ann", turned)), fitted_on)
    assert made.table["p"].to_pylist() == again.table["p"].to_pylist()
    assert right(made, gold) >= 0.9


def test_no_context_is_judged_by_weights_that_saw_its_gold() -> None:
    gold, said = world()
    panel, fitted_on = panel_of(said), contexts(range(15))
    made = by_gold_weights(panel, BAD, align_gold(gold), fitted_on)
    turned = [1 - g if c == "q3" else g for (c, _), g in zip(PAIRS, gold.table["grade"].to_pylist(), strict=True)]
    again = by_gold_weights(panel, BAD, align_gold(judgments(PAIRS, "human:ann", turned)), fitted_on)
    own = [c == "q3" for c, _ in PAIRS]
    before, after = (np.asarray(one.table["p"]) for one in (made, again))
    assert (before[own] == after[own]).all()
    assert not np.allclose(before, after), "the gold of q3 plays a part for other contexts"


def test_p_and_grade_never_contradict() -> None:
    rng = np.random.default_rng(4)
    relevant = Positive("relevant", at_least=2)
    grades = [rng.integers(0, 4, len(PAIRS)).astype(float).tolist() for _ in range(4)]
    said = together(*(judgments(PAIRS, f"model:s{i}", one) for i, one in enumerate(grades)))
    gold = align_gold(judgments(PAIRS, "human:ann", grades[0]))
    for made in (
        by_dawid_skene(panel_of(said), relevant),
        by_gold_weights(panel_of(said), relevant, gold, contexts(range(30))),
    ):
        assert (relevant.of(made.table["grade"].to_numpy()) == (made.table["p"].to_numpy() >= 0.5)).all()


def test_costs_add_up_and_what_is_unknown_stays_so() -> None:
    pairs = grid(1, 3)
    a = judgments(pairs, "model:a", [1, 0, None], cost_usd=[0.25, 0.5, None], latency_s=[1.0, 2.0, None])
    b = judgments(pairs, "model:b", [1, 0, None], cost_usd=[0.5, None, None], latency_s=[3.0, None, None])
    c = judgments(pairs, "model:c", [0, 1, None], cost_usd=[1.0, 1.0, 0.125], latency_s=[2.0, 1.0, 4.0])
    rows = by_dawid_skene(panel_of(together(a, b, c)), BAD).table.to_pylist()
    assert [row["cost_usd"] for row in rows] == [1.75, None, 0.125]
    assert [row["latency_s"] for row in rows] == [3.0, None, 4.0]
    assert [row["members"] for row in rows] == [["model:a", "model:b", "model:c"]] * 2 + [[]]
    assert (rows[2]["grade"], rows[2]["p"], rows[2]["error"]) == (None, None, "no member gave a label")


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(24)), st.lists(st.sampled_from([0.0, 1.0, None]), min_size=24, max_size=24))
def test_the_order_of_rows_does_not_matter(order: list[int], grades: list[float | None]) -> None:
    pairs = grid(2, 4)
    grades[0], grades[8], grades[16], grades[1] = 0.0, 1.0, 1.0, 1.0
    said = together(*(judgments(pairs, f"model:s{i}", grades[8 * i : 8 * i + 8]) for i in range(3)))
    mixed = Judgments(said.table.take(order))
    plain, shuffled = (
        {(row["context_id"], row["item_id"]): (row["grade"], row["p"]) for row in made.table.to_pylist()}
        for made in (by_dawid_skene(panel_of(one), BAD) for one in (said, mixed))
    )
    assert plain.keys() == shuffled.keys()
    for pair, (grade, p) in plain.items():
        assert shuffled[pair][1] == (None if p is None else pytest.approx(p, abs=1e-6))
        assert grade == shuffled[pair][0] or abs(p - 0.5) < 1e-6


def test_too_few_members_are_refused() -> None:
    gold, said = world(accuracies=(0.9, 0.8))
    with pytest.raises(DataError, match="at least 3 sources"):
        by_dawid_skene(panel_of(said), BAD)
    with pytest.raises(DataError, match="at least 2 sources"):
        by_gold_weights(panel_of(said.of("model:s0")), BAD, align_gold(gold), contexts(range(30)))
    with pytest.raises(DataError, match="gold of both classes in its calibration part"):
        by_gold_weights(panel_of(said), BAD, align_gold(gold), frozenset())
    with pytest.raises(DataError, match="two judgments of one pair"):
        panel_of(together(said, said))
