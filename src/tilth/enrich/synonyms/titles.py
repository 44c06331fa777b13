"""A catalog as the miners see it: words of titles in order, and what ends a phrase."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tilth.records import Entities
from tilth.text import fold, is_code, is_number, tokens

MAX_CHARS = 400
"""Of a title: the thing is named in its beginning."""
MAX_VALUE = 40
"""Characters of an attribute value; longer ones are prose."""
END = ""
"""Stands between phrases: no word is empty."""
_OWN = ("id", "title", "text", "category", "created_at", "type")
_LINK = "with|without|for|of|by|to|at|from|on|that|which|and|or|in"
_PIECE = re.compile(rf"\s*(?:[(),;:|+]|\s[-\u2013\u2014]\s|\s(?:{_LINK})(?=\s))\s*")


@dataclass(frozen=True)
class Titles:
    """`phrases`: for each item the folded words of its title, `END` where a phrase ends. `values`: the words that are a
    whole value of one of its attributes (a colour, say). `categories`: as given, empty where there is none."""

    phrases: Sequence[tuple[str, ...]]
    values: Sequence[frozenset[str]]
    categories: Sequence[str]

    @classmethod
    def of(cls, items: Entities) -> "Titles":
        """Read from a catalog; a column that is no text says nothing here."""
        names = items.table.column_names
        further = [name for name in names if name not in _OWN and not name.startswith("_")]
        columns = [items.table[name].to_pylist() for name in further]
        values = [frozenset(_whole_values(row)) for row in zip(*columns, strict=True)] if columns else []
        categories = items.table["category"].to_pylist() if "category" in names else [""] * len(items)
        return cls(
            [phrases_of(title) for title in items.titles()],
            values or [frozenset[str]()] * len(items),
            [category or "" for category in categories],
        )

    def __len__(self) -> int:
        return len(self.phrases)


def phrases_of(title: str) -> tuple[str, ...]:
    """`("hdmi", "cable", "", "tv")` for "HDMI cable for TV"."""
    found: list[str] = []
    for piece in _PIECE.split(fold(title[:MAX_CHARS])):
        if piece and (words := tokens(piece)):
            found += [END, *words] if found else words
    return tuple(found)


def in_a_row(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Neighbouring words of one phrase."""
    return ((left, right) for left, right in pairwise(words) if left and right)


def is_plain(word: str) -> bool:
    """Letters only, and more than one: neither number nor model."""
    return len(word) > 1 and not is_number(word) and not is_code(word) and word.isalpha()


def _whole_values(row: Sequence[object]) -> Iterator[str]:
    for value in row:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                for part in re.split(r"[,;/|]", one[: 10 * MAX_VALUE]):
                    if len(part) <= MAX_VALUE and len(words := tokens(fold(part))) == 1:
                        yield words[0]
