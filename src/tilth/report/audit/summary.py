"""The top of the audit's page: what a manager reads in a minute."""

from markupsafe import Markup

from tilth.report.audit.content import AuditContent
from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.words import (
    cold_sentence,
    feedback_sentence,
    fields_sentence,
    gap_sentence,
    head_sentence,
    new_sentence,
    results_sentence,
    shown_sentence,
    units,
    unmet_sentence,
    written,
)
from tilth.report.blocks import KeyNumber, Summary
from tilth.report.clean import clean, shorten
from tilth.report.numbers import count, fine_share, plural, price
from tilth.report.phrases import full_sentence, sentence_case
from tilth.text import singular_of

MAX_SENTENCES = 7
MAX_NUMBERS = 4
MAX_NOTE = 600
WRITERS = (
    ("items.cold_share", cold_sentence),
    ("items.head_share_20", head_sentence),
    ("search.unmet_share", unmet_sentence),
    ("search.zero_result_share", results_sentence),
    ("fields.thin_share", fields_sentence),
    ("newness.median_days_to_first", new_sentence),
    ("popularity.seen_over_liked", shown_sentence),
    ("feedback.negative_share", feedback_sentence),
)
"""By weight, each with the measure that it is about; the last ones are said where there is room. What is known only
vaguely comes after all others, and the gap to fill first at the very end, as what to do about it."""

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
    by_weight = sorted(WRITERS, key=lambda pair: facts.of(pair[0]).vague)
    found = written(facts, *(writer for _, writer in by_weight))[: MAX_SENTENCES - len(gap)] + gap
    nothing = (Markup("Nothing has been measured yet."),)
    return Summary(found or nothing, tuple(_numbers(facts)), tuple(_notes(facts)), listed=True)


def summary_lines(content: AuditContent) -> list[str]:
    """The summary's sentences as plain text, for a terminal; texts of the data in them are cleaned."""
    return [" ".join(one.striptags().split()) for one in summarize(AuditFacts(clean(content))).sentences]


def about(counts: dict[str, int]) -> str:
    """What was read: 9,742 items, 100,836 events."""
    known = {what: counts[what] for what in COUNTED if counts.get(what)} or counts
    named = [(shorten(what, 30), n) for what, n in list(known.items())[: len(COUNTED)]]
    return " · ".join(plural(n, singular_of(what), what) for what, n in named)


def _numbers(facts: AuditFacts) -> list[KeyNumber]:
    found: list[KeyNumber] = []
    for name, what in NUMBERS:
        measure, value = facts.measure(name), facts.of(name)
        if measure is not None and value.value and not value.vague:
            found.append(KeyNumber(what, value.text, value.interval or f"of {count(measure.n)}"))
    gap = facts.first_gap
    if gap is None:
        return found[:MAX_NUMBERS]
    return [*found[: MAX_NUMBERS - 1], KeyNumber("The first gap costs", price(gap["cost_usd"]), units(gap))]


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
