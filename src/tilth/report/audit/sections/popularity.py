"""What is shown and chosen, by popularity."""

from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.measures import measure_blocks
from tilth.report.audit.words import seen_sentence, written
from tilth.report.blocks import Section


def popularity_section(facts: AuditFacts) -> Section | None:
    blocks = measure_blocks(facts.listed("popularity.", "exposure."), facts.terms)
    if not blocks:
        return None
    return Section("popularity", "Popularity", written(facts, seen_sentence), blocks)
