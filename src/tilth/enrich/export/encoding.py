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
    the weight against 1 and, if it counts in one only, the field. An empty table is a file too: it takes the place of
    what an earlier export left.
    """
    files = dict[str, bytes]()
    named: tuple[tuple[RuleKind, str], ...] = (("spelling", "spelling.json"), ("expansion", "expansions.json"))
    for kind, name in named:
        table = {
            source: [
                {"target": target.text, "weight": target.weight}
                | ({"field": target.field} if target.field is not None else {})
                for target in targets
            ]
            for source, targets in targets_of(of_kind(rules, kind)).items()
        }
        files[name] = json_bytes(table)
    return files


def lookup_notes(rules: Sequence[Rule], engine: str) -> list[str]:
    notes = list[str]()
    if of_kind(rules, "spelling"):
        notes.append(f"{engine} has no list of corrections: look queries up in spelling.json before they are searched")
    if of_kind(rules, "expansion"):
        notes.append(
            f"{engine} has no boosts by query: look queries up in expansions.json, and add the targets as optional "
            "clauses with their weights"
        )
    return notes
