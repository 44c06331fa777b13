"""Untrusted text made safe to show. Markup is escaped later, by the template; this is about what escaping leaves in."""

import re
from dataclasses import replace
from typing import Any

MAX_CHARS = 20_000
"""Longer texts are cut, and say so."""
MAX_ID = 60

# Control characters, the bidirectional overrides and isolates, lone surrogates and noncharacters: they hide text, turn
# its order round, or cannot be written as UTF-8. Tab and newline stay.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"\s+")


def clean(value: Any) -> Any:
    """`value` with the texts in it cleaned: strings, and those inside of dicts, lists, tuples and dataclasses."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean(name): clean(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(clean(entry) for entry in value)
    if hasattr(value, "__dataclass_fields__"):
        return replace(value, **{name: clean(entry) for name, entry in vars(value).items()})
    return value


def clean_text(text: str) -> str:
    """At most `MAX_CHARS` characters, unsafe ones spelled out as `[U+202E]`."""
    shown = text[:MAX_CHARS].replace("\r\n", "\n").replace("\r", "\n")
    shown = _UNSAFE.sub(lambda found: f"[U+{ord(found[0]):04X}]", shown)
    return shown if len(text) <= MAX_CHARS else f"{shown}… [{MAX_CHARS:,} of {len(text):,} characters shown]"


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut at a word where there is one."""
    line = _SPACE.sub(" ", text).strip()
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    words = head.rpartition(" ")[0]
    return (words if len(words) > limit // 2 else head).rstrip() + "…"


def shorten_id(text: str, limit: int = MAX_ID) -> str:
    """One line of at most `limit` characters; ids differ at their ends, so the middle is left out."""
    line = _SPACE.sub(" ", text).strip()
    if len(line) <= limit:
        return line
    tail = (limit - 1) // 2
    return f"{line[: limit - 1 - tail]}…{line[-tail:]}"


def distinct_ids(names: list[str], limit: int) -> list[str]:
    """Shortened names, numbered where shortening made two alike."""
    labels: list[str] = []
    for name in names:
        short = label = shorten_id(name, limit)
        again = 1
        while label in labels:
            again += 1
            label = f"{short} ({again})"
        labels.append(label)
    return labels
