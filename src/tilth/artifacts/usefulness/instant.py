"""The items that a text finds which is still being typed."""

from dataclasses import dataclass

from tilth.artifacts.index import Hits, SearchIndex, analyze
from tilth.artifacts.index.query import wanted_of
from tilth.artifacts.suggester import key_text

RESULTS = 20
"""Results among which items share their weight, and where one is looked for whose title was almost typed."""


@dataclass(frozen=True)
class Answered:
    """`searched`: what the items answer; `guessed` where that is the first suggestion, and not what was typed."""

    searched: str
    guessed: bool
    hits: Hits


def instant_hits(index: SearchIndex, typed: str, first: str | None, count: int = RESULTS) -> Answered | None:
    """The best `count` items for what was typed, where it is whole words of the index; else for `first`, the suggestion
    that it begins. None where there is nothing to search for.

    All words must be in an item; where no item has all, any may be.
    """
    terms, searched, guessed = _terms(index, typed), typed, False
    if first is not None and (
        not all(index.document_frequency(term) for term in terms) or (index.config.stem and _half_typed(typed, first))
    ):
        terms, searched, guessed = _terms(index, first), first, True
    if not terms:
        return None
    hits = index.search(searched, count, at_least=len(terms))
    return Answered(searched, guessed, hits or index.search(searched, count))


def _half_typed(typed: str, first: str) -> bool:
    """Whether the last word only looks like a whole one: its stem is another word, which `first` does not mean. Who has
    typed "comed" wants no "com", as "comedy" says."""
    begun, whole = key_text(typed), key_text(first)
    if not whole.startswith(begun) or not whole[len(begun) : len(begun) + 1].isalnum():
        return False
    return analyze(begun, stemmed=True)[-1:] != analyze(begun, stemmed=False)[-1:]


def _terms(index: SearchIndex, text: str) -> list[str]:
    return [wanted.term for wanted in wanted_of(text, index.config)]
