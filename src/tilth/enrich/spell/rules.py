"""What a speller changes in frequent queries, as rules that can be replayed and exported."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tilth.artifacts.speller import Change, Correction, Speller
from tilth.artifacts.speller.lexicon import OUTSIDE
from tilth.artifacts.speller.words import symbol, words
from tilth.records import Rule

PROVENANCE = "rule:speller"
_AGREE = 0.95
"""Share of the traffic with a word that its correction needs to become a rule for the word."""

Corrected = tuple[str, float, Correction]
"""A query, its traffic, and what the speller makes of it."""


@dataclass
class _Word:
    """What a mistyped word became, by traffic."""

    became: dict[str, float] = field(default_factory=lambda: dict[str, float]())
    total: float = 0.0

    @property
    def target(self) -> str | None:
        if not self.became:
            return None
        target, weight = max(self.became.items(), key=lambda found: found[1])
        return target if weight >= _AGREE * self.total else None


def spelling_rules(speller: Speller, corrected: Sequence[Corrected]) -> list[Rule]:
    """Rules of the kind `spelling` for what the speller changes in queries. Those it leaves belong to them: they say
    where a word is right.

    A word that the catalog lacks and that nearly always becomes the same gets one rule, for wherever it stands; any
    other change holds in its query only, and the rule is for the whole query. Those with most traffic come first.
    """
    by_word = _words(speller, corrected)
    found: dict[tuple[str, str, str], float] = {}
    for query, weight, correction in corrected:
        for source, target, provenance in _of_query(speller, query, correction, by_word):
            found[source, target, provenance] = found.get((source, target, provenance), 0.0) + weight
    ranked = sorted(found.items(), key=lambda row: (-row[1], row[0]))
    return [_rule(*of, weight) for of, weight in ranked]


def _words(speller: Speller, corrected: Iterable[Corrected]) -> dict[str, _Word]:
    found: dict[str, _Word] = {}
    for query, weight, correction in corrected:
        changes = {_form(change.was): change for change in correction.changes if _for_word(speller, change)}
        for word in {word.form for word in words(query)}:
            entry = found.setdefault(word, _Word())
            entry.total += weight
            if (change := changes.get(word)) is not None:
                target = change.text.lower()
                entry.became[target] = entry.became.get(target, 0.0) + weight
    return found


def _of_query(
    speller: Speller, query: str, correction: Correction, by_word: dict[str, _Word]
) -> list[tuple[str, str, str]]:
    """Sources and targets of the rules that a query needs, with where they come from."""
    out: list[tuple[str, str, str]] = []
    for change in correction.changes:
        word = by_word.get(_form(change.was)) if _for_word(speller, change) else None
        if word is None or word.target != change.text.lower():
            return [(query, correction.text, _provenance(speller, query, change))]
        out.append((_form(change.was), change.text.lower(), PROVENANCE))
    return out


def _for_word(speller: Speller, change: Change) -> bool:
    """Whether a change is of one word, and of one that the catalog lacks."""
    parts = words(change.was)
    if change.reason == "exception" or len(parts) != 1:
        return False
    number = speller.lexicon.find(symbol(parts[0].form))
    return number < 0 or bool(speller.lexicon.flags(number) & OUTSIDE)


def _provenance(speller: Speller, query: str, change: Change) -> str:
    fixed = speller.tables.exceptions.of(query) if change.reason == "exception" else None
    return fixed.source if fixed is not None else PROVENANCE


def _form(text: str) -> str:
    return " ".join(word.form for word in words(text))


def _rule(source: str, target: str, provenance: str, weight: float) -> Rule:
    name = hashlib.sha256(f"{source}\0{target}".encode()).hexdigest()[:12]
    return Rule(f"spelling-{name}", "spelling", source, target, provenance=provenance, note=f"traffic {weight:,.0f}")
