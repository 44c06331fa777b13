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
from tilth.report.numbers import count, fine_share, money, number

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
NOTED = 0.01
"""A finding about more than this share of its table's rows stands in the summary too."""
MAX_NOTED = 3


def summarize(facts: AuditFacts) -> Summary:
    """4 to 7 sentences where so much was measured, each with its number, chosen by rule."""
    gap = written(facts, gap_sentence)
    found = written(facts, *WRITERS, *FURTHER)[: MAX_SENTENCES - len(gap)] + gap
    nothing = (Markup("Nothing has been measured yet."),)
    return Summary(found or nothing, tuple(_numbers(facts)), tuple(_notes(facts)), listed=True)


def about(counts: dict[str, int]) -> str:
    """What was read: 9,742 items, 100,836 events."""
    return " · ".join(f"{count(n)} {shorten(what, 30)}" for what, n in list(counts.items())[:6])


def _numbers(facts: AuditFacts) -> list[KeyNumber]:
    found: list[KeyNumber] = []
    for name, what in NUMBERS:
        measure, value = facts.measure(name), facts.of(name)
        if measure is not None and value.known:
            found.append(KeyNumber(what, value.text, value.interval or f"of {count(measure.n)}"))
    gaps = facts.gaps(limit=1).rows
    if not gaps:
        return found[:MAX_NUMBERS]
    cost = number(gaps[0]["cost_usd"])
    first = KeyNumber("The first gap costs", "unknown" if cost is None else money(cost), units(gaps[0]))
    return [*found[: MAX_NUMBERS - 1], first]


def _notes(facts: AuditFacts) -> list[Markup]:
    """What was written for the reader, and findings that weigh on everything else."""
    notes = [Markup("{}").format(shorten(note, MAX_NOTE)) for note in facts.content.notes]
    heavy = [one for one in facts.content.findings if one.total > 0 and one.count / one.total > NOTED]
    heavy.sort(key=lambda one: -one.count / one.total)
    for one in heavy[:MAX_NOTED]:
        share = fine_share(one.count / one.total)
        text, effect = shorten(one.text, MAX_NOTE).rstrip("."), shorten(one.effect, MAX_NOTE)
        notes.append(Markup("{}: {} of {} ({}). {}").format(text, count(one.count), count(one.total), share, effect))
    return notes
