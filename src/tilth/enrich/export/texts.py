"""What any engine asks of a rule's texts."""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from tilth.enrich.export.result import Misfit
from tilth.records import Rule

MAX_CHARS = 1_000
"""No query is longer in the embedded index, so a longer text never was proved, and never applies."""
NOT_TEXT = ("Cc", "Cs")


def tidy(text: str) -> str:
    """Runs of whitespace, line breaks among them, as one space, none around: every engine splits words there."""
    return " ".join(text.split())


def tidied(rules: Sequence[Rule]) -> list[Rule]:
    """The rules with tidy texts."""
    return [replace(rule, source=tidy(rule.source), target=tidy(rule.target)) for rule in rules]


def misfits_in_text(rules: Sequence[Rule]) -> list[Misfit]:
    """Rules, tidied, that no engine can take."""
    return [misfit for rule in rules if (misfit := _misfit(rule)) is not None]


def _misfit(rule: Rule) -> Misfit | None:
    for name, text in (("source", rule.source), ("target", rule.target)):
        if reason := _wrong(text):
            return Misfit(rule, f"its {name} {reason}", f"mend the {name}, or drop the rule")
    # An expansion may look for its own source in one field besides: a "laptop" in `type`.
    if rule.source == rule.target and (rule.kind != "expansion" or rule.field is None):
        return Misfit(rule, "its source and target are the same", "drop the rule")
    if not (math.isfinite(rule.weight) and rule.weight > 0):
        return Misfit(rule, f"its weight is {rule.weight:g}", "give a weight above 0, or drop the rule")
    return None


def _wrong(text: str) -> str | None:
    if not text:
        return "is empty"
    if len(text) > MAX_CHARS:
        return f"has {len(text):,} characters, more than {MAX_CHARS:,}"
    if any(unicodedata.category(char) in NOT_TEXT for char in text):
        return "holds a control character or half a character"
    if not any(char.isalnum() for char in text):
        # Lucene refuses a whole set of synonyms where the analyzer leaves nothing of one term.
        return "has no letter or digit, so that analysis leaves nothing of it"
    return None
