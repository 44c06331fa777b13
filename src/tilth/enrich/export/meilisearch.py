"""Meilisearch: the `synonyms` setting, a map from a term to what may stand for it as well.

A two-way rule stands under both its terms. Terms of one to three words are looked up, longer ones never. Of a term's
synonyms the first 50 count, with at most 100 words in all where any has several; what is beyond is silently ignored.
Case and accents do not count. Words are counted here as runs of letters and digits; how Meilisearch divides Chinese,
Japanese or Thai cannot be told from here.

https://meilisearch.com/docs/learn/relevancy/synonyms
https://github.com/meilisearch/documentation/issues/2676
https://docs.rs/crate/milli-core/latest/source/src/search/new/limits.rs
"""

import re
from collections.abc import Sequence

from tilth.enrich.export.encoding import json_bytes, lookup_notes, lookups, unbound_synonym
from tilth.enrich.export.limits import beyond_targets
from tilth.enrich.export.pairs import directions, of_kind, targets_of
from tilth.enrich.export.result import Engine, Misfit
from tilth.records import Rule

TERM_WORDS, SYNONYMS, SYNONYM_WORDS = 3, 50, 100
_WORD = re.compile(r"[^\W_]+")


def misfits(rules: Sequence[Rule]) -> list[Misfit]:
    synonyms = of_kind(rules, "synonym")
    long = [misfit for rule in synonyms if (misfit := _too_long(rule)) is not None]
    out = {id(misfit.rule) for misfit in long}
    left = [rule for rule in synonyms if id(rule) not in out]
    return [*long, *beyond_targets(left, _too_many, "drop the lightest synonyms of the term")]


def _too_long(rule: Rule) -> Misfit | None:
    for source, _ in directions(rule):
        if (count := _words(source)) > TERM_WORDS:
            reason = f"a term of it has {count} words, Meilisearch looks up terms of at most {TERM_WORDS}"
            return Misfit(rule, reason, "shorten the term, or make the rule one-way towards it")
    return None


def _too_many(targets: Sequence[str]) -> str | None:
    if len(targets) > SYNONYMS:
        return f"the term has over {SYNONYMS} synonyms, and Meilisearch ignores the others"
    counts = [_words(target) for target in targets]
    if max(counts) > 1 and sum(counts) > SYNONYM_WORDS:
        return f"the term's synonyms have over {SYNONYM_WORDS} words, and Meilisearch ignores the others"
    return None


def files(rules: Sequence[Rule], name: str) -> dict[str, bytes]:  # noqa: ARG001 - the setting has no name
    table = {
        source: list(dict.fromkeys(target.text for target in targets))
        for source, targets in targets_of(of_kind(rules, "synonym")).items()
    }
    return {"synonyms.json": json_bytes(table), **lookups(rules)}


def notes(rules: Sequence[Rule], name: str) -> list[str]:  # noqa: ARG001
    return [
        "PUT synonyms.json to /indexes/INDEX/settings/synonyms: it replaces all synonyms of the index",
        *lookup_notes(rules, "Meilisearch"),
    ]


def _words(text: str) -> int:
    return len(_WORD.findall(text))


MEILISEARCH = Engine(misfits, files, notes, unbound=unbound_synonym)
