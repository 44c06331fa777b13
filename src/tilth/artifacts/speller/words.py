"""A query as words with their places, which of them may be corrected, and what a number counts as."""

import re
from dataclasses import dataclass

from tilth.text import fold

NUMBER = "<number>"
"""Stands for every number in bigrams: what follows "6" follows "4" too."""
CODE = "<code>"
"""Stands for letters and digits in one word, such as `dv7` or `6ft`."""

MAX_LENGTH = 24
"""A longer word is never corrected."""
MIN_LENGTH = 3
"""A shorter word is corrected in no other way than by being joined to its neighbour."""

_WORD = re.compile(r"[^\W_]+(?:['\u2019.&][^\W_]+)*")
_JOINT = re.compile(r"[\s\u200b-\u200d\u2060\ufeff-]{1,8}")
_LAST_ALPHABET = "\u2e80"
"""From here on scripts are written without spaces, where words and edits mean something else."""


@dataclass(frozen=True, slots=True)
class Word:
    """`text[start:end]` of a query, and its folded form."""

    start: int
    end: int
    form: str


def words(text: str, limit: int | None = None) -> list[Word]:
    """The words of a text in order, at most `limit` of them."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        form = fold(match[0]).replace("\u2019", "'")
        found.append(Word(match.start(), match.end(), form))
        if limit is not None and len(found) == limit:
            break
    return found


def joinable(between: str) -> bool:
    """Whether what stands between two words may have come in by mistake: blanks, a hyphen, invisible characters."""
    return _JOINT.fullmatch(between) is not None


def symbol(form: str) -> str:
    """What a word counts as in unigrams and bigrams: itself, or the class of its numbers."""
    if form.isalpha() or not any(char.isdigit() for char in form):
        return form
    return CODE if any(char.isalpha() for char in form) else NUMBER


def correctable(form: str) -> bool:
    """Whether a word has a shape that can be corrected: letters of an alphabet, neither too few nor too many."""
    return MIN_LENGTH <= len(form) <= MAX_LENGTH and max(form) < _LAST_ALPHABET and form.replace("'", "").isalpha()


def like(typed: str, text: str) -> str:
    """`text` in the case of what was typed: all capitals, a capital first, or small letters."""
    if len(typed) > 1 and typed.isupper():
        return text.upper()
    return text[:1].upper() + text[1:] if typed[:1].isupper() else text
