"""Content of files: the same rules give the same bytes."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tilth.enrich.export.pairs import of_kind, targets_of
from tilth.records import Rule, RuleKind

_ID_CHARS = 16


def json_bytes(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def text_bytes(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def entry_id(name: str, *texts: str) -> str:
    """An id that depends on what an entry says, and on nothing else: exporting again replaces it."""
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:_ID_CHARS]
    return f"{name}-{digest}"


def lookups(rules: Sequence[Rule]) -> dict[str, bytes]:
    """Tables for what an engine has no notion of, to be looked up before it is asked: by source, its targets.

    `spelling.json`: what takes the place of a text, the likeliest first. `expansions.json`: what moves results up, with
    the weight against 1 and, if it counts in one only, the field. `anchor` says where in a query the source has to
    stand, if not anywhere: at its `end`, or as the `whole` of it. An empty table is a file too: it takes the place of
    what an earlier export left.
    """
    named: tuple[tuple[RuleKind, str], ...] = (("spelling", "spelling.json"), ("expansion", "expansions.json"))
    return {name: json_bytes(_table(of_kind(rules, kind))) for kind, name in named}


def _table(rules: Sequence[Rule]) -> dict[str, list[dict[str, Any]]]:
    found = dict[str, list[dict[str, Any]]]()
    for anchor in sorted({rule.anchor for rule in rules}):
        for source, targets in targets_of(rule for rule in rules if rule.anchor == anchor).items():
            found.setdefault(source, []).extend(
                {"target": target.text, "weight": target.weight}
                | ({"field": target.field} if target.field is not None else {})
                | ({"anchor": anchor} if anchor != "anywhere" else {})
                for target in targets
            )
    return {source: sorted(found[source], key=lambda one: -one["weight"]) for source in sorted(found)}


def unbound_synonym(rule: Rule) -> str | None:
    """Why a rule that is bound to a place in the query cannot be, where corrections and expansions are looked up."""
    return "whose synonyms hold wherever they stand" if rule.kind == "synonym" else None


def lookup_notes(rules: Sequence[Rule], engine: str) -> list[str]:
    notes = list[str]()
    if of_kind(rules, "spelling"):
        notes.append(f"{engine} has no list of corrections: look queries up in spelling.json before they are searched")
    if of_kind(rules, "expansion"):
        notes.append(
            f"{engine} has no boosts by query: look queries up in expansions.json, and add the targets as optional "
            "clauses with their weights"
        )
    if any(rule.kind != "synonym" and rule.anchor != "anywhere" for rule in rules):
        notes.append("an entry with an anchor holds only at the end of a query, or for a query that is nothing else")
    return notes
