import json

import numpy as np
import pyarrow as pa
import pytest
from compare_helpers import grid, judgments, together
from sklearn.metrics import cohen_kappa_score, f1_score, precision_score, recall_score, roc_auc_score

from tilth.errors import ConfigError, DataError
from tilth.judge.compare import compare
from tilth.judge.compare_config import METRICS, CompareConfig
from tilth.records import Positive

GOOD = Positive("good", at_least=2)
PAIRS = grid(30, 6)
N = len(PAIRS)
FAST = CompareConfig(n_boot=200, target_metric="kappa", target=0.3)


@pytest.fixture
def truth() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 4, N).astype(float)


@pytest.fixture
def gold(truth):
    return judgments(PAIRS, "human:ann", truth.tolist())


def noisy(truth: np.ndarray, share: float, seed: int) -> list[float]:
    """The truth, with a share of the grades drawn at random."""
    rng = np.random.default_rng(seed)
    return np.where(rng.random(N) < share, rng.integers(0, 4, N), truth).astype(float).tolist()


def teacher(name: str, grades, cost: float | None = None, **columns):
    return judgments(PAIRS, f"model:{name}", grades, cost_usd=[cost] * N, **columns)


def test_metrics_equal_scikit_learn(truth, gold):
    said = np.array(noisy(truth, 0.5, 1))
    score = compare(FAST, gold, teacher("a", said.tolist()), positive=GOOD).score_of("model:a")
    yes, flag = truth >= 2, said >= 2
    peers = {
        "precision": precision_score(yes, flag),
        "recall": recall_score(yes, flag),
        "f1": f1_score(yes, flag),
        "auroc": roc_auc_score(yes, said),
        "kappa": cohen_kappa_score(yes, flag),
        "qwk": cohen_kappa_score(truth.astype(int), said.astype(int), weights="quadratic"),
    }
    for name in METRICS:
        estimate = score.metric(name)
        assert estimate.value == pytest.approx(peers[name])
        assert estimate.low < estimate.value < estimate.high


def test_a_positive_class_below_a_cut_turns_the_score_round(truth, gold):
    said = np.array(noisy(truth, 0.5, 1))
    bad = Positive("bad", below=2)
    score = compare(FAST, gold, teacher("a", said.tolist()), positive=bad).table[0]
    assert score.auroc.value == pytest.approx(roc_auc_score(truth < 2, -said))
    assert score.precision.value == pytest.approx(precision_score(truth < 2, said < 2))


def test_auroc_is_of_p_where_every_label_has_one(truth, gold):
    rng = np.random.default_rng(4)
    p = np.clip((truth >= 2) * 0.3 + rng.random(N) * 0.7, 0, 1)
    said = noisy(truth, 0.5, 1)
    with_p = compare(FAST, gold, teacher("a", said, p=p.tolist()), positive=GOOD).table[0]
    assert with_p.auroc.value == pytest.approx(roc_auc_score(truth >= 2, p))
    some = compare(FAST, gold, teacher("a", said, p=[None, *p[1:].tolist()]), positive=GOOD).table[0]
    assert some.auroc.value == pytest.approx(roc_auc_score(truth >= 2, said))


def test_p_for_another_class_is_warned_about(truth, gold):
    p = (0.9 - truth * 0.2).tolist()
    score = compare(FAST, gold, teacher("a", truth.tolist(), p=p), positive=GOOD).table[0]
    assert any("another class" in warning for warning in score.warnings)


def test_failures_count_against_coverage_and_pairs_never_asked_do_not(truth, gold):
    said = [None if i % 10 == 0 else grade for i, grade in enumerate(noisy(truth, 0.3, 1))]
    asked = judgments(PAIRS[:100], "model:a", said[:100])
    outside = judgments([("elsewhere", "d1")], "model:a", [1.0])
    score = compare(FAST, gold, together(asked, outside), positive=GOOD).table[0]
    assert (score.asked, score.n, score.not_asked, score.outside_gold) == (100, 90, N - 100, 1)
    assert score.coverage == pytest.approx(0.9)


def test_grades_of_several_annotators_are_averaged():
    pairs = [("q1", "a"), ("q1", "b"), ("q2", "a")]
    gold = judgments(pairs * 2, ["human:x"] * 3 + ["human:y"] * 3, [3, 0, 2, 2, 1, None])
    result = compare(FAST, gold, judgments(pairs, "model:a", [3, 3, 1]), positive=Positive("good", at_least=2.5))
    # means 2.5, 0.5, 2: one positive, which the teacher finds beside a false one
    assert (result.n_gold, result.n_positive) == (3, 1)
    assert result.table[0].precision.value == pytest.approx(0.5)
    assert np.isnan(result.table[0].qwk.value)
    assert result.gold_sources == ("human:x", "human:y")


def test_gold_that_is_not_from_people_is_never_called_human(truth, gold):
    synthetic = judgments(PAIRS, "synthetic:facts", truth.tolist())
    result = compare(FAST, synthetic, teacher("a", (3 - truth).tolist()), positive=GOOD)
    assert not result.gold_is_human
    assert "synthetic:facts" in result.notes[0]
    assert "people" not in " ".join(result.table[0].warnings)
    assert compare(FAST, gold, teacher("a", truth.tolist()), positive=GOOD).gold_is_human


def test_cost_tokens_and_latency():
    pairs = grid(2, 2)
    gold = judgments(pairs, "human:ann", [0, 3, 0, 3])
    columns = {"prompt_tokens": [10] * 4, "completion_tokens": [1, 2, 3, 4], "latency_s": [1.0, 2.0, 3.0, None]}
    said = judgments(pairs, "model:a", [0, 3, None, 3], cost_usd=[0.1, 0.1, 0.2, 0.2], **columns)
    score = compare(FAST, gold, said, positive=GOOD).table[0]
    assert score.cost_usd == pytest.approx(0.6)
    assert score.cost_per_1000 == pytest.approx(200.0)
    assert (score.prompt_tokens, score.completion_tokens) == (40, 10)
    assert score.latency_p50_s == pytest.approx(2.0)
    assert score.latency_p95_s == pytest.approx(2.9)


def test_one_unknown_price_makes_the_cost_unknown_but_a_request_without_answer_does_not():
    pairs = grid(2, 2)
    gold = judgments(pairs, "human:ann", [0, 3, 0, 3])
    unpriced = judgments(pairs, "model:a", [0, 3, 0, 3], cost_usd=[0.1, None, 0.1, 0.1])
    assert compare(FAST, gold, unpriced, positive=GOOD).table[0].cost_usd is None
    lost = judgments(pairs, "model:a", [0, None, 0, 3], cost_usd=[0.1, None, 0.1, 0.1])
    assert compare(FAST, gold, lost, positive=GOOD).table[0].cost_usd == pytest.approx(0.3)


def test_the_cheapest_that_meets_the_target_is_chosen_and_unknown_costs_come_last(truth, gold):
    teachers = together(
        teacher("dear", noisy(truth, 0.1, 1), 1.0),
        teacher("cheap", noisy(truth, 0.2, 2), 0.1),
        teacher("unknown", truth.tolist()),
        teacher("poor", noisy(truth, 0.9, 3), 0.01),
    )
    verdict = compare(FAST, gold, teachers, positive=GOOD).verdict
    assert verdict.candidates == ("model:cheap", "model:dear", "model:unknown")
    assert verdict.chosen == "model:cheap"
    assert verdict.lower_end_meets
    assert "not counting 1 of unknown cost" in verdict.reason


def test_a_target_nobody_meets_and_a_coverage_nobody_has(truth, gold):
    said = [None if i % 2 else grade for i, grade in enumerate(truth.tolist())]
    config = CompareConfig(n_boot=50, target_metric="kappa", target=0.3, min_coverage=0.9)
    verdict = compare(config, gold, teacher("a", said, 0.1), positive=GOOD).verdict
    assert verdict.chosen is None
    assert "coverage" in verdict.reason


def test_a_source_that_disagrees_is_refused_and_never_chosen(truth, gold):
    config = CompareConfig(n_boot=200, target_metric="recall", target=0.0)
    both = together(teacher("against", (3 - truth).tolist(), 0.01), teacher("chance", noisy(truth, 1.0, 9), 0.5))
    result = compare(config, gold, both, positive=GOOD)
    against, chance = result.score_of("model:against"), result.score_of("model:chance")
    assert against.refused
    assert "disagrees with people" in against.warnings[0]
    assert not chance.refused
    assert "contains 0" in chance.warnings[0]
    assert result.verdict.chosen == "model:chance"
    assert result.table[-1].source == "model:against"


def test_differences_are_paired_and_taken_on_common_pairs(truth, gold):
    one, two = noisy(truth, 0.2, 1), noisy(truth, 0.7, 2)
    result = compare(FAST, gold, together(teacher("a", one), teacher("b", [*two[:-6], *[None] * 6])), positive=GOOD)
    difference = result.differences[0]
    assert (difference.first, difference.second, difference.n_common) == ("model:a", "model:b", N - 6)
    kappas = [cohen_kappa_score(truth[:-6] >= 2, np.array(said[:-6]) >= 2) for said in (one, two)]
    assert difference.estimate.value == pytest.approx(kappas[0] - kappas[1])
    assert difference.settled
    back = result.difference("model:b", "model:a")
    assert back.estimate.value == pytest.approx(-difference.estimate.value)
    assert back.estimate.low == pytest.approx(-difference.estimate.high)


def test_twins_differ_by_nothing_and_near_twins_need_more_gold(truth, gold):
    said = noisy(truth, 0.4, 1)
    near = said.copy()
    wrong = next(i for i in range(N) if (said[i] >= 2) == (truth[i] >= 2))
    near[wrong] = 3 - near[wrong]
    result = compare(FAST, gold, together(teacher("a", said), teacher("b", said), teacher("c", near)), positive=GOOD)
    twin = result.difference("model:a", "model:b")
    assert (twin.estimate.value, twin.estimate.low, twin.estimate.high) == (0, 0, 0)
    assert not twin.settled
    assert twin.labels_to_settle is None
    tie = result.difference("model:a", "model:c", "f1")
    assert not tie.settled
    assert tie.labels_to_settle is not None
    assert tie.labels_to_settle > N


def test_undefined_is_null_in_json_and_unknown_too(truth, gold):
    never = teacher("never", [0.0] * N)
    not_asked = judgments([("elsewhere", "d1")], "model:idle", [1.0])
    result = compare(FAST, gold, together(never, not_asked), positive=GOOD)
    plain = json.loads(json.dumps(result.to_json(), allow_nan=False))
    rows = {row["source"]: row for row in plain["table"]}
    assert rows["model:never"]["precision"] == {"value": None, "low": None, "high": None}
    assert rows["model:never"]["recall"]["value"] == 0
    assert rows["model:never"]["cost_usd"] is None
    assert rows["model:idle"]["coverage"] is None
    assert rows["model:idle"]["warnings"] == ["was asked about no gold pair"]
    assert plain["positive"] == "good (grade >= 2)"
    assert plain["verdict"]["chosen"] is None


def test_the_same_seed_gives_the_same_result_whatever_the_row_order(truth, gold):
    said = teacher("a", noisy(truth, 0.4, 1), 0.1)
    order = pa.array(np.random.default_rng(0).permutation(N))
    first = compare(FAST, gold, said, positive=GOOD).to_json()
    assert compare(FAST, gold, type(said)(said.table.take(order)), positive=GOOD).to_json() == first


def test_few_contexts_are_said():
    pairs = grid(3, 4)
    gold = judgments(pairs, "human:ann", [0, 3] * 6)
    assert "only 3 contexts" in compare(FAST, gold, judgments(pairs, "model:a", [0, 3] * 6), positive=GOOD).notes[0]


def test_what_cannot_be_compared_is_refused_with_a_hint(truth, gold):
    good = teacher("a", truth.tolist())
    nan = [float("nan"), *truth[1:].tolist()]
    cases = [
        (gold, judgments([("x", "y")], "model:a", [1.0]), "none of the 1 judgments"),
        (judgments(PAIRS, "human:ann", [3.0] * N), good, "all 180 gold pairs are good"),
        (judgments(PAIRS, "human:ann", [None] * N), good, "no graded pair"),
        (gold, together(good, good), "more than one row"),
        (together(gold, gold), good, "more than one row"),
        (gold, teacher("a", nan), "NaN"),
        (judgments(PAIRS, "human:ann", nan), good, "NaN"),
        (gold, teacher("a", truth.tolist(), p=nan), "NaN"),
        (gold, together(good, gold), "measured against itself"),
    ]
    for first, second, message in cases:
        with pytest.raises(DataError, match=message) as caught:
            compare(FAST, first, second, positive=GOOD)
        assert caught.value.hint


@pytest.mark.parametrize(
    "wrong", [{"target_metric": "accuracy"}, {"target": 2}, {"min_coverage": -1}, {"confidence": 1}, {"n_boot": 0}]
)
def test_a_wrong_setting_is_refused(wrong):
    with pytest.raises(ConfigError):
        CompareConfig(**wrong)
