"""What the sentences say in each case; numbers are those of the made-up sample."""

import re

import pytest
from report_sample import certificate, comparison, content, distilled, evaluation, teacher

from tilth.report import CostLine, render
from tilth.report.filtering.facts import Facts
from tilth.report.filtering.summary import summarize
from tilth.report.filtering.words import (
    cost_sentence,
    effect_sentence,
    gold_sentence,
    student_sentence,
    threshold_sentence,
    verdict_sentence,
)


def said(sentence) -> str:
    return re.sub(r"\u202f", " ", sentence.striptags()) if sentence else ""


def test_the_verdict_names_the_teacher_its_number_and_its_price():
    text = "The teacher to use is model:mid: precision 0.938 (0.918–0.954), at $1.06 per 1,000 pairs."
    assert said(verdict_sentence(Facts(content()))) == text


def test_a_verdict_that_more_gold_may_overturn_says_so():
    verdict = comparison()["verdict"] | {"lower_end_meets": False}
    assert "may overturn" in said(verdict_sentence(Facts(content(comparison=comparison(verdict=verdict)))))


def test_no_verdict_and_an_unknown_price():
    nobody = comparison(verdict={"chosen": None, "candidates": []})
    assert "No teacher meets the target: none of 5 has a precision of at least 0.9." in said(
        verdict_sentence(Facts(content(comparison=nobody)))
    )
    free = comparison([teacher("model:a", 0.95, cost_per_1000=None)])
    assert "at a cost that is unknown" in said(verdict_sentence(Facts(content(comparison=free))))


def test_the_student_stands_beside_text_only_and_its_teacher():
    assert said(student_sentence(Facts(content()))) == (
        "The student reaches an AUROC of 0.971 (0.956–0.983) on 418 pairs of 38 contexts that it never saw; from the "
        "texts alone 0.703 (0.688–0.715), the teacher itself 0.994 (0.979–1.000)."
    )


def test_a_teacher_that_was_measured_on_fewer_pairs_says_so():
    rows = [evaluation("student", 0.97), evaluation("teacher model:text-reader (its 300 pairs of these)", 0.99, n=300)]
    facts = Facts(content(distilled=distilled(evaluations=rows)))
    assert facts.text_only is None
    assert said(student_sentence(facts)).endswith("the teacher itself 0.990 (0.975–1.000) on 300 pairs of these.")


def test_a_certified_threshold_states_target_and_confidence():
    assert said(threshold_sentence(Facts(content()))) == (
        "The threshold p ≥ 0.812 is certified: more than 90 % of the dropped pairs are bad, with 95 % confidence "
        "(observed 96.8 %, lower bound 91.2 %)."
    )


@pytest.mark.parametrize(
    ("missing", "words"),
    [(2210, "about 2,210 more gold pairs are needed"), (None, "how many more labels would do cannot be said")],
)
def test_a_threshold_that_is_not_certified_says_what_is_missing(missing, words):
    found = distilled(certificate=certificate(threshold=None, missing_labels=missing), threshold_p=None)
    facts = Facts(content(distilled=found))
    text = said(threshold_sentence(facts))
    assert "No threshold is certified" in text
    assert words in text
    assert "none" in [entry.value for entry in summarize(facts).numbers]


def test_the_effect_has_an_interval_with_each_share():
    text = said(effect_sentence(Facts(content())))
    assert "remove 50.5 % (45.5–54.5 %)" in text
    assert "falls from 54.1 % (50.1–57.3 %) to 11.6 % (8.6–14.0 %)" in text
    assert "4.6 % (2.6–6.2 %)" in text


def line(cost: float | None) -> CostLine:
    return CostLine("judge", 10, 5, 0, 100, 10, cost)


@pytest.mark.parametrize(
    ("costs", "words"),
    [
        ((None,), "What it cost is unknown"),
        ((1.5, None), "It cost at least $1.50"),
        ((1.5, 0.25), "It cost $1.75 for 20 calls to LLMs (10 more from the cache)."),
        ((0.0,), "It cost $0.00"),
    ],
)
def test_an_unknown_cost_is_never_zero(costs, words):
    facts = Facts(content(comparison=None, distilled=None, costs=tuple(line(cost) for cost in costs)))
    assert words in said(cost_sentence(facts))
    if None in costs:
        assert "unknown" in render(facts.content).split('id="costs"')[1]


def test_answers_from_the_cache_alone_are_no_calls():
    facts = Facts(content(costs=(CostLine("judge", 0, 1317, 0, 0, 0, None),)))
    assert said(cost_sentence(facts)).endswith("no price is given for 1,317 answers, all of them from the cache.")


def test_gold_that_is_not_human_is_never_called_human():
    for sources in (["rule:facts"], ["weak:clicks"], ["model:frontier"]):
        facts = Facts(content(comparison=comparison(gold_sources=sources)))
        assert "The gold is not people’s judgment." in said(gold_sentence(facts))
        assert any("not people’s" in note for note in summarize(facts).notes)
        assert not re.search(r"human(?! *</dd>|\.)", render(facts.content).lower().split("<body>")[1])


def test_human_and_mixed_gold():
    human = {"gold_sources": ["human:ann"], "gold_is_human": True}
    both = content(comparison=comparison(**human), distilled=distilled(**human))
    assert said(gold_sentence(Facts(both))) == "Measured against labels that people gave (human:ann)."
    assert not any("gold" in said(note).lower() for note in summarize(Facts(both)).notes)
    mixed = comparison(gold_sources=["human:ann", "rule:facts"], gold_is_human=False)
    assert "people’s judgment alone" in said(gold_sentence(Facts(content(comparison=mixed))))


def test_no_gold_at_all_is_said_first():
    nothing = {"gold_sources": [], "gold_is_human": False, "evaluations": [], "effect": None, "certificate": None}
    bare = distilled(**nothing, reliability=[], precision_recall=[], curve=[], threshold_p=None)
    facts = Facts(content(comparison=None, distilled=bare))
    assert "There is no gold." in said(summarize(facts).notes[0])
    assert "AUROC" not in said(summarize(facts).sentences[0])
    assert "certified" not in " ".join(said(sentence) for sentence in summarize(facts).sentences)
