"""Nouns after a number, in English."""

import re

_TAKES_ES = re.compile(r"(?:s|x|z|ch|sh)$")
_ENDS_IN_ES = re.compile(r"(?:ss|x|zz|ch|sh)es$")
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
    """The singular of a regular plural; a word that is none stays as it is."""
    if many.endswith("ies"):
        return many[:-3] + "y"
    if _ENDS_IN_ES.search(many):
        return many[:-2]
    return many[:-1] if many.endswith("s") and not many.endswith("ss") else many
