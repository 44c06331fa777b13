"""Algolia: synonym objects for `saveSynonyms`, or an import in the dashboard.

`synonym` (each stands for each), `onewaysynonym` (`input` to `synonyms`), `altcorrection1` and `altcorrection2` (`word`
to `corrections`, which rank like one and two typos). Corrections are single words. At most 10,000 synonyms an index,
1,000 on the Build plan. Synonyms do not cascade, which is what a pair that is in no group means. No limit on the length
of a list is documented. What is bound to a place in the query are Rules (`algolia_rules`).

https://www.algolia.com/doc/api-reference/api-methods/batch-synonyms/
https://www.algolia.com/doc/guides/managing-results/optimize-search-results/adding-synonyms.md
https://algolia.com/doc/guides/scaling/algolia-service-limits
https://pub.dev/documentation/algolia/latest/algolia/AlgoliaSynonyms-class.html
"""

from collections.abc import Sequence
from typing import Any

from tilth.enrich.export.algolia_rules import algolia_rules, unbound
from tilth.enrich.export.encoding import entry_id, json_bytes, lookup_notes, lookups
from tilth.enrich.export.limits import beyond_entries
from tilth.enrich.export.pairs import Target, gather, of_kind, targets_of
from tilth.enrich.export.result import Engine, Misfit
from tilth.records import Rule
from tilth.text import within_edits

MAX_SYNONYMS, MAX_SYNONYMS_BUILD = 10_000, 1_000


def misfits(rules: Sequence[Rule]) -> list[Misfit]:
    rules = _free(rules)
    phrases = [misfit for rule in of_kind(rules, "spelling") if (misfit := _phrase(rule)) is not None]
    out = {id(misfit.rule) for misfit in phrases}
    left = [rule for rule in rules if rule.kind != "expansion" and id(rule) not in out]
    return [
        *phrases,
        *beyond_entries(
            left, lambda some: len(_objects(some, "")), MAX_SYNONYMS, "an index", "drop the lightest rules"
        ),
    ]


def _phrase(rule: Rule) -> Misfit | None:
    corrections = [rule.target, *([rule.source] if rule.direction == "two_way" else [])]
    if any(" " in text for text in corrections):
        return Misfit(rule, "a correction is a single word in Algolia", "make it a one-way synonym")
    return None


def _free(rules: Sequence[Rule]) -> list[Rule]:
    """Those that are bound to no place in the query; the others are Rules."""
    return [rule for rule in rules if rule.anchor == "anywhere"]


def files(rules: Sequence[Rule], name: str) -> dict[str, bytes]:
    free = _free(rules)
    return {
        "synonyms.json": json_bytes(_objects(free, name)),
        "rules.json": json_bytes(algolia_rules(rules, name)),
        "expansions.json": lookups(free)["expansions.json"],
    }


def notes(rules: Sequence[Rule], name: str) -> list[str]:
    found = [
        "save synonyms.json with replaceExistingSynonyms, so that what a new export no longer has goes",
        *lookup_notes(of_kind(_free(rules), "expansion"), "Algolia"),
    ]
    bound = [rule for rule in rules if rule.anchor != "anywhere"]
    if bound:
        found.append(
            f"save rules.json (saveRules) for the {len(bound):,} rules that are bound to a place in the query; how "
            "many Rules an index takes depends on the plan"
        )
    if fields := sorted({rule.field for rule in of_kind(bound, "expansion") if rule.field}):
        found.append(
            f"put {', '.join(fields)} into attributesForFaceting, as a list of words: optional filters compare whole "
            "values. They come behind the number of matched words in the ranking, and weights only order them"
        )
    if (count := len(_objects(_free(rules), name))) > MAX_SYNONYMS_BUILD:
        found.append(f"{count:,} synonyms are more than the {MAX_SYNONYMS_BUILD:,} of the Build plan")
    return found


def _objects(rules: Sequence[Rule], name: str) -> list[dict[str, Any]]:
    synonyms = gather(of_kind(rules, "synonym"))
    objects: list[dict[str, Any]] = [
        {"objectID": entry_id(name, "group", *group), "type": "synonym", "synonyms": list(group)}
        for group in synonyms.groups
    ]
    objects += [
        {
            "objectID": entry_id(name, "from", source, *targets),
            "type": "onewaysynonym",
            "input": source,
            "synonyms": list(targets),
        }
        for source, targets in synonyms.one_way
    ]
    for word, targets in targets_of(of_kind(rules, "spelling")).items():
        objects += _corrections(word, targets, name)
    return objects


def _corrections(word: str, targets: Sequence[Target], name: str) -> list[dict[str, Any]]:
    """One object for the corrections one edit away, and one for the others."""
    by_typos = dict[int, list[str]]()
    for text in dict.fromkeys(target.text for target in targets):
        by_typos.setdefault(1 if within_edits(word, text, 1) else 2, []).append(text)
    return [
        {
            "objectID": entry_id(name, f"typos{typos}", word, *by_typos[typos]),
            "type": f"altcorrection{typos}",
            "word": word,
            "corrections": by_typos[typos],
        }
        for typos in sorted(by_typos)
    ]


ALGOLIA = Engine(misfits, files, notes, unbound=unbound)
