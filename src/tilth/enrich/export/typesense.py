"""Typesense: a synonym set (version 30 and later), and the upserts of versions before it.

An item with `root` is one-way, from the root to its synonyms; without it each stands for each. Special characters are
dropped, except those that `symbols_to_index` lists. Until version 29 each synonym was put into a collection by itself.
No limit on their number is documented.

https://typesense.org/docs/30.0/api/synonyms.html
https://typesense.org/docs/29.0/api/synonyms.md
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from tilth.enrich.export.encoding import entry_id, json_bytes, lookup_notes, lookups, text_bytes
from tilth.enrich.export.pairs import gather, of_kind
from tilth.enrich.export.result import Engine, Misfit
from tilth.records import Rule


def misfits(rules: Sequence[Rule]) -> list[Misfit]:  # noqa: ARG001 - any text is a synonym
    return []


def files(rules: Sequence[Rule], name: str) -> dict[str, bytes]:
    synonyms = gather(of_kind(rules, "synonym"))
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
        **lookups(rules),
    }


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
    return [*found, *lookup_notes(rules, "Typesense")]


TYPESENSE = Engine(misfits, files, notes)
