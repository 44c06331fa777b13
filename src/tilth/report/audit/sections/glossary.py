"""What every measure on the page means, and how it is worked out."""

from tilth.report.audit.content import AuditTerm
from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.measures import term_id
from tilth.report.blocks import Section, Term, Terms
from tilth.report.clean import shorten

MAX_TERMS = 200
MAX_TEXT = 600
GENERAL = (
    Term("Cold item", "An item without any interaction."),
    Term("Demand", "The interactions or searches that a gap carries."),
    Term("Exposure", "An item was shown to a user; this alone is no interaction."),
    Term("Gap", "A place where the data are thin, with what filling it takes and which demand it touches."),
    Term("Interaction", "A user did something with an item: a click, a rating, a purchase."),
    Term("Interval", "Where the number would lie in 95\u202f% of the cases with other users of the same kind."),
)


def glossary_section(facts: AuditFacts) -> Section | None:
    if not facts.content.measures:
        return None
    used = {one.name for one in facts.content.measures}
    terms = [*GENERAL, *(_term(one) for one in facts.content.definitions if one.name in used)]
    terms.sort(key=lambda term: term.word.casefold())
    return Section("glossary", "Words", (), (Terms(tuple(terms[:MAX_TERMS])),))


def _term(one: AuditTerm) -> Term:
    up = {"lower": " Lower is better.", "higher": " Higher is better."}.get(one.better or "", "")
    return Term(
        shorten(one.label or one.name, 80),
        shorten(one.meaning, MAX_TEXT) + up,
        shorten(one.formula, MAX_TEXT),
        shorten(one.source, MAX_TEXT),
        term_id(one.name),
    )
