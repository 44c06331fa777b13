"""What can be said of a candidate by its text alone."""

import re
import unicodedata
from functools import lru_cache

from tilth.suggest.config import FilterConfig
from tilth.suggest.filter import reasons

_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}|\bmailto\b", re.IGNORECASE)
_LINK = re.compile(
    r"https?:|\bwww\.|://|\b[\w-]{1,63}\.(?:com|net|org|io|info|biz|ru|cn|de|co|xyz|top)\b", re.IGNORECASE
)
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d\s().-]{5,}\d(?!\w)")
_DIGITS = re.compile(r"\d{6,}")
PHONE_DIGITS = 7
_BASE = frozenset({"COMMON", "DIGIT"})
# Japanese and Korean write several of these in one word.
_EAST = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL"})


def form_fault(query: str, config: FilterConfig) -> str | None:
    """Why the text itself may not be shown; None where it may."""
    if len(query) > config.max_chars:
        return reasons.LONG
    if len(query) < config.min_chars:
        return reasons.SHORT if not any(script_of(char) in _EAST for char in query) else None
    if len(query.split()) > config.max_words:
        return reasons.LONG
    if _EMAIL.search(query) or _DIGITS.search(query) or _is_phone(query):
        return reasons.PERSONAL
    if any(unicodedata.category(char)[0] == "C" for char in query) or not any(char.isalpha() for char in query):
        return reasons.UNREADABLE
    if _LINK.search(query):
        return reasons.LINK
    return _script_fault(query, config.scripts)


def _is_phone(query: str) -> bool:
    return any(sum(char.isdigit() for char in found) >= PHONE_DIGITS for found in _PHONE.findall(query))


def _script_fault(query: str, allowed: list[str]) -> str | None:
    for word in query.split():
        found = {script for char in word if (script := script_of(char)) is not None}
        # Letters of two scripts in one word are how one word is made to look like another.
        if len(found - _EAST) + bool(found & _EAST) > 1 and not found & _EAST:
            return reasons.MIXED
        if allowed and not found <= set(allowed):
            return reasons.SCRIPT
    return None


@lru_cache(maxsize=8192)
def script_of(char: str) -> str | None:
    """The script of a letter by its Unicode name, such as LATIN; None for what is no letter."""
    if not char.isalpha():
        return None
    name = unicodedata.name(char, "COMMON").split()[0]
    return None if name in _BASE else name
