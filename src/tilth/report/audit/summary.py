"""The top of the audit's page: what a manager reads in a minute."""

from markupsafe import Markup

from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.words import (
    cold_sentence,
    feedback_sentence,
    fields_sentence,
    gap_sentence,
    head_sentence,
    new_sentence,
    results_sentence,
    seen_sentence,
    units,
    unmet_sentence,
    written,
)
from tilth.report.blocks import KeyNumber, Summary
from tilth.report.clean import shorten
from tilth.report.numbers import count, fine_share, money
from tilth.report.phrases import full_sentence, sentence_case

MAX_SENTENCES = 7
MAX_NUMBERS = 4
MAX_NOTE = 600
WRITERS = (cold_sentence, head_sentence, unmet_sentence, results_sentence, fields_sentence, new_sentence)
"""By weight; the gap to fill first comes last, as what to do about it."""
FURTHER = (seen_sentence, feedback_sentence)
"""Said where there is room."""

NUMBERS = (
    ("items.cold_share", "Items nobody touched"),
    ("items.head_share_20", "Top fifth’s interactions"),
    ("search.unmet_share", "Searches near no item"),
    ("search.zero_result_share", "Searches without results"),
    ("fields.thin_share", "Items with thin texts"),
)
NOTED, MIN_ROWS = 0.02, 100
"""A finding about more than this share of a table of so many rows stands in the summary too."""
MAX_NOTED = 2
COUNTED = ("items", "events", "users", "searches", "queries")
"""What stands below the title of what was read; the section on the method has everything."""


def summarize(facts: AuditFacts) -> Summary:
    """4 to 7 sentences where so much was measured, each with its number, chosen by rule."""
    gap = written(facts, gap_sentence)
    found = written(facts, *WRITERS, *FURTHER)[: MAX_SENTENCES - len(gap)] + gap
    nothing = (Markup("Nothing has been measured yet."),)
    return Summary(found or nothing, tuple(_numbers(facts)), tuple(_notes(facts)), listed=True)


def about(counts: dict[str, int]) -> str:
    """What was read: 9,742 items, 100,836 events."""
    known = {what: counts[what] for what in COUNTED if counts.get(what)} or counts
    return " · ".join(f"{count(n)} {shorten(what, 30)}" for what, n in list(known.items())[: len(COUNTED)])


def _numbers(facts: AuditFacts) -> list[KeyNumber]:
    found: list[KeyNumber] = []
    for name, what in NUMBERS:
        measure, value = facts.measure(name), facts.of(name)
        if measure is not None and value.value:
            found.append(KeyNumber(what, value.text, value.interval or f"of {count(measure.n)}"))
    gap = facts.first_gap
    if gap is None:
        return found[:MAX_NUMBERS]
    return [*found[: MAX_NUMBERS - 1], KeyNumber("The first gap costs", money(gap["cost_usd"]), units(gap))]


def _notes(facts: AuditFacts) -> list[Markup]:
    """What was written for the reader, and findings that weigh on everything else."""
    notes = [Markup("{}").format(full_sentence(shorten(note, MAX_NOTE))) for note in facts.content.notes]
    heavy = [one for one in facts.content.findings if one.total >= MIN_ROWS and one.count / one.total > NOTED]
    first_of_its_name = {one.name: one for one in sorted(heavy, key=lambda one: one.count / one.total)}
    for one in list(first_of_its_name.values())[: -MAX_NOTED - 1 : -1]:
        share = fine_share(one.count / one.total)
        text = sentence_case(shorten(one.text, MAX_NOTE).rstrip("."))
        effect = full_sentence(shorten(one.effect, MAX_NOTE))
        notes.append(Markup("{}: {} of {} ({}). {}").format(text, count(one.count), count(one.total), share, effect))
    return notes
