"""Vespa: a base of semantic rules, `rules/NAME.sr` of an application package.

`+>` adds, `->` replaces; a produced term may be of type `=` (EQUIV: it counts as the word itself) or `$` (RANK: it
moves matches up and brings none), in a field (`field:term`), with a weight in percent (`!50`); a phrase stands in
quotes; `;` ends a rule. So all three kinds of rules have their like here. Words are letters, digits and marks:
punctuation is grammar, and there is no escape for it. EQUIV takes the place of one word of the query, so the source of
a synonym is one word. Rules apply from the top down, each also to what those above it added. A dot before or behind a
condition binds it to the beginning or the end of the query.

https://docs.vespa.ai/en/reference/querying/semantic-rules.html.md
https://docs.vespa.ai/en/linguistics/query-rewriting.html
https://github.com/vespa-engine/vespa, SemanticsParser.jj
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from tilth.enrich.export.encoding import text_bytes
from tilth.enrich.export.pairs import directions, of_kind, targets_of
from tilth.enrich.export.result import Engine, Misfit
from tilth.enrich.export.vespa_bound import (
    bound_additions,
    bound_corrections,
    crowded,
    once,
    percent,
    produced_expansion,
    produced_synonym,
)
from tilth.records import Rule

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NO_IDENTIFIER = "\u17b4\u17b5"
"""Marks that the grammar leaves out."""


def misfits(rules: Sequence[Rule]) -> list[Misfit]:
    found, corrected = list[Misfit](), set[tuple[str, str]]()
    for rule in sorted(rules, key=lambda rule: -rule.weight):
        misfit = _misfit(rule)
        if misfit is None and rule.kind == "spelling":
            sources = {(_lower(source), rule.anchor) for source, _ in directions(rule)}
            if sources & corrected:
                reason = "a text that it corrects has another correction, of no less weight"
                misfit = Misfit(rule, reason, "drop one of the two")
            corrected |= sources
        if misfit is not None:
            found.append(misfit)
    out = {id(misfit.rule) for misfit in found}
    return [*found, *crowded([rule for rule in rules if id(rule) not in out])]


def _misfit(rule: Rule) -> Misfit | None:
    if any(not _is_word(word) for text in (rule.source, rule.target) for word in _lower(text).split()):
        reason = "Vespa's rules have no way to write punctuation, symbols or emoji"
        return Misfit(rule, reason, "write it with letters and digits only, or as a special token in services.xml")
    if rule.kind == "spelling" and rule.direction == "two_way":
        return Misfit(rule, "corrections both ways replace each other without end", "make it one-way")
    if _lower(rule.source) == _lower(rule.target) and (rule.kind != "expansion" or rule.field is None):
        return Misfit(rule, "its source and target differ in case only, which Vespa does not see", "drop the rule")
    if rule.kind == "synonym" and any(len(source.split()) > 1 for source, _ in directions(rule)):
        reason = "a synonym (EQUIV) takes the place of one word, not of several"
        return Misfit(rule, reason, "make it one-way from a single word, or an expansion")
    if rule.field is not None and not _FIELD.fullmatch(rule.field):
        return Misfit(rule, f"its field {rule.field!r} is no name of a field in Vespa", "name a field of the schema")
    if rule.kind != "spelling" and percent(rule.weight) < 1:
        return Misfit(rule, f"its weight {rule.weight:g} is less than 1 percent", "raise the weight, or drop the rule")
    return None


def files(rules: Sequence[Rule], name: str) -> dict[str, bytes]:
    lowered = [replace(rule, source=_lower(rule.source), target=_lower(rule.target)) for rule in rules]
    free = [rule for rule in lowered if rule.anchor == "anywhere"]
    kinds = {kind: targets_of(of_kind(free, kind)) for kind in ("spelling", "synonym", "expansion")}
    lines = bound_corrections(of_kind(lowered, "spelling"))
    lines += [f"{source} -> {targets[0].text};" for source, targets in kinds["spelling"].items()]
    lines += bound_additions([rule for rule in lowered if rule.kind != "spelling"])
    lines += [
        f"{source} +> {' '.join(produced_synonym(target) for target in once(targets))};"
        for source, targets in kinds["synonym"].items()
    ]
    lines += [
        f"{source} +> {' '.join(produced_expansion(target) for target in targets)};"
        for source, targets in kinds["expansion"].items()
    ]
    return {f"{name}.sr": text_bytes(lines)}


def notes(rules: Sequence[Rule], name: str) -> list[str]:
    found = [
        f"put {name}.sr into rules/ of the application package and deploy; queries use it with rules.rulebase={name}, "
        "or all do with a line `@default` in it",
        "texts are written in lower case, as Vespa compares them",
    ]
    sources = {source for rule in rules for source, _ in directions(rule)}
    chained = sum(target in sources for rule in rules for _, target in directions(rule))
    if chained:
        found.append(
            f"{chained} targets are sources too: Vespa applies rules from the top down to what others added, so these "
            "may lead further than one step; look at them with tracelevel.rules"
        )
    return found


def _lower(text: str) -> str:
    return text.lower()


def _is_word(word: str) -> bool:
    return all(
        (unicodedata.category(char)[0] in "LM" or unicodedata.category(char) == "Nd") and char not in _NO_IDENTIFIER
        for char in word
    )


VESPA = Engine(misfits, files, notes, weights=True, unbound=lambda _: None)
