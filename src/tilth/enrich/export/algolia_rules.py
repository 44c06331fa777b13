"""Algolia's Rules, which are bound to a place in the query: `anchoring` `is` (all of it) or `endsWith`.

Of Tilth's rules two have their like. A correction of the whole query replaces it (`query` as a text), one of its last
word edits it. An expansion in a field becomes an optional filter, which moves records up and removes none; it compares
whole values of a facet. Synonyms have no anchor, and no Rule adds alternatives to a word.

If several Rules match, that whose match begins first counts, of equal ones the longest, then `is` before `endsWith`;
what it sets, the others do not. So each one adds what those for its own endings would add.

https://www.algolia.com/doc/rest-api/search/save-rules
https://www.algolia.com/doc/guides/managing-results/rules/rules-overview/in-depth/rule-matching-algorithm
https://www.algolia.com/doc/api-reference/api-parameters/optionalFilters
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from tilth.enrich.export.encoding import entry_id
from tilth.enrich.export.pairs import Target, directions, targets_of
from tilth.records import Anchor, Rule

ANCHORING: dict[Anchor, str] = {"whole": "is", "end": "endsWith"}
_FACET = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def unbound(rule: Rule) -> str | None:
    """Why a bound rule has no like among Algolia's Rules; None where it has."""
    if rule.kind == "synonym":
        return "whose synonyms hold wherever they stand, and whose Rules replace words but add no alternatives"
    if any(sign in source for source, _ in directions(rule) for sign in "{}"):
        return "where braces in a pattern name a facet"
    if rule.kind == "expansion":
        if rule.field is None or not _FACET.fullmatch(rule.field):
            return "whose Rules move records up by a facet, and it names no field that can be one"
        if any("<" in target or len(target) > 512 for _, target in directions(rule)):
            return "whose filters take no such value"
        return None
    if rule.anchor == "end" and any(" " in source for source, _ in directions(rule)):
        return "whose Rules edit single words of a query"
    return None


def algolia_rules(rules: Sequence[Rule], name: str) -> list[dict[str, Any]]:
    """One Rule for each text and anchor: those that correct, then those that move up."""
    bound = [rule for rule in rules if rule.anchor in ANCHORING]
    found = list[dict[str, Any]]()
    for anchor in ANCHORING:
        table = targets_of(rule for rule in bound if rule.kind == "spelling" and rule.anchor == anchor)
        found += [_rule(name, source, anchor, _correction(source, anchor, table[source][0])) for source in table]
    boosts: dict[Anchor, dict[str, list[Target]]] = {
        anchor: targets_of(rule for rule in bound if rule.kind == "expansion" and rule.anchor == anchor)
        for anchor in ANCHORING
    }
    for anchor in ANCHORING:
        found += [
            _rule(name, source, anchor, {"optionalFilters": _filters(_all_of(boosts, source, anchor))})
            for source in boosts[anchor]
        ]
    return found


def _rule(name: str, source: str, anchor: Anchor, params: dict[str, Any]) -> dict[str, Any]:
    return {
        "objectID": entry_id(name, anchor, source, *params),
        "conditions": [{"pattern": source, "anchoring": ANCHORING[anchor], "alternatives": False}],
        "consequence": {"params": params},
    }


def _correction(source: str, anchor: Anchor, target: Target) -> dict[str, Any]:
    if anchor == "whole":
        return {"query": target.text}
    return {"query": {"edits": [{"type": "replace", "delete": source, "insert": target.text}]}}


def _filters(targets: Iterable[Target]) -> list[str]:
    """`type:laptop<score=10>`: a hundredth of the weight is worth one; a value may not look like a negative filter."""
    best = dict[tuple[str, str | None], float]()
    for target in targets:
        key = (target.text, target.field)
        best[key] = max(target.weight, best.get(key, 0.0))
    ordered = sorted(best.items(), key=lambda entry: (-entry[1], entry[0][1] or "", entry[0][0]))
    return [f"{field}:{_escaped(text)}<score={_score(weight)}>" for (text, field), weight in ordered]


def _escaped(text: str) -> str:
    return f"\\{text}" if text.startswith("-") else text


def _score(weight: float) -> int:
    return max(1, round(100 * min(weight, 1e6)))


def _all_of(boosts: dict[Anchor, dict[str, list[Target]]], source: str, anchor: Anchor) -> list[Target]:
    found = list(boosts["whole"].get(source, ())) if anchor == "whole" else []
    words = source.split()
    for at in range(len(words)):
        found += boosts["end"].get(" ".join(words[at:]), ())
    return found
