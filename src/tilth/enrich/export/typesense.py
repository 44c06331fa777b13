"""Typesense: a synonym set (version 30 and later), and the upserts of versions before it.

An item with `root` is one-way, from the root to its synonyms; without it each stands for each. Special characters are
dropped, except those that `symbols_to_index` lists. Until version 29 each synonym was put into a collection by itself.
No limit on their number is documented. A curation (an override, before) may replace a whole query by another one.

https://typesense.org/docs/30.0/api/synonyms.html
https://typesense.org/docs/29.0/api/synonyms.md
https://typesense.org/docs/30.0/api/curation.html
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from tilth.enrich.export.encoding import entry_id, json_bytes, lookup_notes, lookups, text_bytes, unbound_synonym
from tilth.enrich.export.pairs import gather, of_kind, targets_of
from tilth.enrich.export.result import Engine, Misfit
from tilth.records import Rule


def misfits(rules: Sequence[Rule]) -> list[Misfit]:  # noqa: ARG001 - any text is a synonym
    return []


def files(rules: Sequence[Rule], name: str) -> dict[str, bytes]:
    free = [rule for rule in rules if rule.anchor == "anywhere"]
    synonyms = gather(of_kind(free, "synonym"))
    items: list[dict[str, Any]] = [
        {"id": entry_id(name, "group", *group), "synonyms": list(group)} for group in synonyms.groups
    ]
    items += [
        {"id": entry_id(name, "from", source, *targets), "root": source, "synonyms": list(targets)}
        for source, targets in synonyms.one_way
    ]
    return {
        "synonym_set.json": json_bytes({"items": items}),
        "synonyms.jsonl": text_bytes(msgspec.json.encode(item).decode() for item in items),
        "curation_set.json": json_bytes({"items": _curations(rules, name)}),
        **lookups(_looked_up(rules)),
    }


def _looked_up(rules: Sequence[Rule]) -> list[Rule]:
    """All that no curation can say."""
    return [rule for rule in rules if rule.kind != "spelling" or rule.anchor != "whole"]


def _curations(rules: Sequence[Rule], name: str) -> list[dict[str, Any]]:
    """A replacement for each whole query that is corrected."""
    table = targets_of(rule for rule in of_kind(rules, "spelling") if rule.anchor == "whole")
    return [
        {
            "id": entry_id(name, "whole", source, targets[0].text),
            "rule": {"query": source, "match": "exact"},
            "replace_query": targets[0].text,
            "remove_matched_tokens": False,
        }
        for source, targets in table.items()
    ]


def notes(rules: Sequence[Rule], name: str) -> list[str]:
    symbols = sorted(
        {
            char
            for rule in of_kind(rules, "synonym")
            for char in rule.source + rule.target
            if char.isascii() and not (char.isalnum() or char == " ")
        }
    )
    found = [
        f"from version 30 on, PUT synonym_set.json to /synonym_sets/{name} and search with synonym_sets={name}",
        "before, PUT each line of synonyms.jsonl to /collections/COLLECTION/synonyms/ID, without its id",
    ]
    if symbols:
        found.append(
            f"Typesense drops {' '.join(symbols)} from synonyms, unless symbols_to_index lists them for the collection"
        )
    if any(rule.anchor == "whole" for rule in of_kind(rules, "spelling")):
        found.append(
            f"from version 30 on, PUT curation_set.json to /curation_sets/{name} and link it to the collection; "
            "before, PUT each of its items to /collections/COLLECTION/overrides/ID, without its id"
        )
    return [*found, *lookup_notes(_looked_up(rules), "Typesense")]


TYPESENSE = Engine(misfits, files, notes, unbound=unbound_synonym)
