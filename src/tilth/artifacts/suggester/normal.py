"""The normal form of a query: what is left of it when case, plurals, repeated words and word order do not count.

It says which queries are one. What a query is searched for by are other terms, those of `artifacts.index.analyze`: they
meet where words differ (stems), and keep their order.
"""

from tilth.text import normalize, singular, tokens


def normal_words(text: str) -> list[str]:
    """The distinct words in their order, in the singular; numbers and units in one spelling."""
    return list(dict.fromkeys(singular(word) for word in tokens(normalize(text))))


def normal_form(text: str) -> str:
    """The words in the order of the alphabet: equal for queries that differ in form only; "" where there is none."""
    return " ".join(sorted(normal_words(text)))
