"""The top of the page: the findings in plain words, and the four numbers that a manager asks for."""

from markupsafe import Markup

from tilth.report.blocks import KeyNumber, Summary
from tilth.report.clean import shorten, shorten_id
from tilth.report.filtering.facts import Facts
from tilth.report.filtering.words import (
    cost_sentence,
    effect_sentence,
    gold_sentence,
    metric_name,
    student_sentence,
    threshold_sentence,
    verdict_sentence,
    whole_share,
)
from tilth.report.numbers import MISSING, Measured, measured, metric, number, share

MAX_NOTE = 600


def summarize(facts: Facts) -> Summary:
    writers = (verdict_sentence, student_sentence, threshold_sentence, effect_sentence, cost_sentence)
    sentences = tuple(sentence for writer in writers if (sentence := writer(facts)))
    nothing = (Markup("Nothing has been measured yet."),)
    return Summary(sentences or nothing, tuple(_numbers(facts)), tuple(_notes(facts)))


def _notes(facts: Facts) -> list[Markup]:
    written = [Markup("{}").format(shorten(note, MAX_NOTE)) for note in facts.content.notes]
    about_gold = [gold_sentence(facts)] if facts.gold_is_human is False else []
    if not facts.gold_sources and (facts.content.comparison or facts.content.distilled):
        about_gold = [Markup("<strong>There is no gold.</strong> Nothing here was checked against a trusted judgment.")]
    return [*(note for note in about_gold if note), *written]


def _numbers(facts: Facts) -> list[KeyNumber]:
    numbers: list[KeyNumber] = []
    chosen = facts.verdict.get("chosen")
    scored = next((entry for entry in facts.teachers if entry.get("source") == chosen), None)
    if scored is not None:
        found = measured(scored.get(facts.target_metric))
        numbers.append(_key(f"Teacher’s {metric_name(facts.target_metric)}", found, shorten_id(str(chosen), 24)))
    if facts.student:
        numbers.append(_key("Student’s AUROC", measured(facts.student.get("auroc")), "contexts it never saw"))
    if facts.certificate:
        goal = f"{whole_share(facts.certificate.get('target'))} of drops {facts.positive}"
        none = KeyNumber("Certified threshold", "none", _missing(facts))
        sure = KeyNumber("Certified threshold", f"p ≥ {metric(facts.threshold)}", goal)
        numbers.append(none if facts.threshold is None else sure)
    if facts.effect:
        numbers.append(_effect(facts))
    return numbers


def _missing(facts: Facts) -> str:
    missing = number(facts.certificate.get("missing_labels"))
    return "out of reach on this gold" if missing is None else f"{missing:,.0f} gold pairs missing"


def _effect(facts: Facts) -> KeyNumber:
    before, after = (measured(facts.effect.get(key), share) for key in ("bad_before", "bad_after"))
    removed = measured(facts.effect.get("removed"), share)
    name = f"Share of {shorten(facts.positive, 24)} pairs"
    return KeyNumber(name, f"{before.text} → {after.text}", f"with {removed.text} removed")


def _key(what: str, found: Measured, detail: str) -> KeyNumber:
    return KeyNumber(what, found.text if found.known else MISSING, f"{found.interval} · {detail}".removeprefix(" · "))
