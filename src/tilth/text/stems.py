"""A light English stemmer: plurals, -ing and -ed, so that `railings`, `railing` and `rails` meet."""

_VOWELS = frozenset("aeiouy")


def stem(word: str) -> str:
    """The part of a word that its plural and its -ing and -ed forms share; not always a word itself.

    Words of up to three letters and words with digits stay as they are.
    """
    if len(word) <= 3 or not word.isalpha():
        return word
    word = _singular(word)
    word = _without_suffix(word)
    if len(word) > 3 and word.endswith("e"):
        return word[:-1]
    if len(word) > 3 and word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "i"
    return word


def singular(word: str) -> str:
    """An English plural without its ending. Words of up to three letters and words with digits stay as they are."""
    return _singular(word) if len(word) > 3 and word.isalpha() else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_suffix(word: str) -> str:
    for suffix in ("ing", "ed"):
        base = word.removesuffix(suffix)
        if base != word and len(base) >= 3 and not _VOWELS.isdisjoint(base):
            doubled = base[-1] == base[-2] and base[-1] not in "lsz" and base[-1] not in _VOWELS
            return base[:-1] if doubled else base
    return word
