"""Nouns after a number, in English."""

import re

from tilth.text.stems import singular

_TAKES_ES = re.compile(r"(?:s|x|z|ch|sh)$")
_TURNS_TO_IES = re.compile(r"[^aeiou]y$")


def plural(n: int, one: str, many: str | None = None) -> str:
    """`1,204 queries`, `1 query`; `many` where the plural of `one` is not a regular one."""
    return f"{n:,} {one if n == 1 else many or plural_of(one)}"


def plural_of(one: str) -> str:
    """The regular plural: queries, matches, items."""
    if _TURNS_TO_IES.search(one):
        return one[:-1] + "ies"
    return one + ("es" if _TAKES_ES.search(one) else "s")


def singular_of(many: str) -> str:
    """The singular of a regular plural, of the last word where there are several."""
    before, space, last = many.rpartition(" ")
    return before + space + singular(last)
