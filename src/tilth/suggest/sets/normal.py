"""The normal form of a query: what is left of it when case, plurals, repeated words and word order do not count."""

from tilth.text import normalize, singular, tokens


def normal_words(text: str) -> list[str]:
    """The distinct words in their order, in the singular; numbers and units in one spelling."""
    return list(dict.fromkeys(singular(word) for word in tokens(normalize(text))))


def normal_form(text: str) -> str:
    """The words in the order of the alphabet: equal for queries that differ in form only."""
    return " ".join(sorted(normal_words(text)))
