"""What is compared: the typed text and the suggestions in one form, as bytes."""

import re

from tilth.text import fold

MAX_CHARS = 120
"""Longer suggestions are not kept, and of what is typed no more is looked at."""
_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile(r"[\u0000-\u0008\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def key_text(text: str) -> str:
    """Lower case, without accents or invisible signs, single spaces, none at the start; one at the end stays: it says
    that the word before it is complete."""
    plain = _INVISIBLE.sub("", fold(text[: 4 * MAX_CHARS]))
    return _SPACES.sub(" ", plain).lstrip()[:MAX_CHARS]


def key_of(text: str) -> bytes:
    """The form of a whole suggestion, as UTF-8."""
    return key_text(text).rstrip().encode("utf-8", "replace")
