"""The model card says what was measured and on what, and nothing that was not."""

from dataclasses import replace

from tiny_world import distilled

from tilth.distill import Evaluation, Summary, model_card
from tilth.stats import Estimate

NAN = float("nan")
ROW = Evaluation(
    name="student",
    n=1200,
    n_contexts=60,
    n_positive=500,
    auroc=Estimate(0.91, 0.88, 0.94),
    average_precision=0.9,
    brier=0.1,
    ece=0.0214,
    precision=Estimate(0.95, NAN, NAN),
    recall=None,
    flagged_share=None,
)


def card(**changes) -> str:
    summary: Summary = replace(distilled().summary, **changes)
    return model_card(summary, "my jobs")


def test_what_it_was_made_from() -> None:
    text = card(gold_sources=("human:ann", "human:bob"), gold_is_human=True, seed=17)
    assert text.startswith("# Student of my jobs\n")
    assert "the probability that a pair is bad." in text
    assert "- Labels: model:t, 96 pairs of 24 contexts. A model's labels are not people's." in text
    assert "- Gold: people's labels (human:ann, human:bob), divided by context" in text
    assert "Seed 17." in text
    assert "calibrated on gold." in text


def test_gold_that_is_not_human_is_not_called_people() -> None:
    text = card(gold_sources=("rule:facts",), gold_is_human=False)
    assert "- Gold: labels that are not human (rule:facts)" in text
    assert "people's labels" not in text


def test_each_evaluation_is_a_row_and_what_is_unknown_a_dash() -> None:
    text = card(evaluations=(ROW, replace(ROW, name="teacher", ece=None, auroc=Estimate(NAN, NAN, NAN))))
    assert "| student | 1,200 | 60 | 0.910 [0.880, 0.940] | 0.950 | – | 0.021 |" in text
    assert "| teacher | 1,200 | 60 | – | 0.950 | – | – |" in text
    assert "nan" not in text


def test_without_gold_it_says_so() -> None:
    text = card(gold_sources=(), gold_is_human=False, evaluations=(), certificate=None)
    assert "- Gold: none.\n" in text
    assert "divided by context" not in text
    assert "there is no gold" in text
    assert "None is certified: there was no gold to do it on." in text


def test_gold_too_thin_to_certify_is_not_called_missing() -> None:
    text = card(certificate=None)
    assert "None is certified: the calibration part holds too little gold, or gold of one class only." in text


def test_gold_of_one_class_is_not_called_missing() -> None:
    text = card(evaluations=())
    assert "Nothing but agreement with the teacher: the test part holds none of both classes." in text


def test_the_certificate_and_the_chosen_model_are_quoted() -> None:
    summary = distilled().summary
    assert summary.certificate is not None
    text = card()
    assert summary.certificate.explain() in text
    assert f"Model: {next(one.model for one in summary.candidates if one.chosen)}." in text


def test_the_ten_features_that_move_most_are_listed() -> None:
    rows = tuple({"feature": f"f{n}", "group": "lsa", "weight": 1 / (n + 1)} for n in range(12))
    text = card(importance=rows)
    assert "- f0 (lsa): 1.000\n- f1 (lsa): 0.500\n" in text
    assert "- f9 (lsa)" in text
    assert "- f10 (lsa)" not in text
