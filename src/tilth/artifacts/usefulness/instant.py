"""The items that a text finds which is still being typed."""

from collections.abc import Sequence
from dataclasses import dataclass

from tilth.artifacts.index import Hits, SearchIndex, analyze
from tilth.artifacts.index.query import wanted_of
from tilth.artifacts.suggester import key_text
from tilth.artifacts.usefulness.shares import item_shares

RESULTS = 20
"""Results among which items share their weight, and where one is looked for whose title was almost typed."""


@dataclass(frozen=True)
class Answered:
    """`searched`: what the items answer; `guessed` where that is the first suggestion, and not what was typed.
    `matches`: no more items than so many can be found, of which `hits` are the best."""

    searched: str
    guessed: bool
    hits: Hits
    matches: int

    def shares(self, scores: Sequence[float]) -> list[float]:
        """Of each score its share of the weight of all matches."""
        return item_shares(scores, self.hits.scores.tolist(), self.matches)


def instant_hits(index: SearchIndex, typed: str, first: str | None, count: int = RESULTS) -> Answered | None:
    """The best `count` items for what was typed, where it is whole words of the index; else for `first`, the suggestion
    that it begins. None where there is nothing to search for.

    All words must be in an item; where no item has all, any may be.
    """
    counts, searched, guessed = _counts(index, typed), typed, False
    if first is not None and (not all(counts) or (index.config.stem and _half_typed(typed, first))):
        counts, searched, guessed = _counts(index, first), first, True
    if not counts:
        return None
    if hits := index.search(searched, count, at_least=len(counts)):
        return Answered(searched, guessed, hits, min(counts))
    return Answered(searched, guessed, index.search(searched, count), sum(counts))


def _half_typed(typed: str, first: str) -> bool:
    """Whether the last word only looks like a whole one: its stem is another word, which `first` does not mean. Who has
    typed "comed" wants no "com", as "comedy" says."""
    begun, whole = key_text(typed), key_text(first)
    if not whole.startswith(begun) or not whole[len(begun) : len(begun) + 1].isalnum():
        return False
    return analyze(begun, stemmed=True)[-1:] != analyze(begun, stemmed=False)[-1:]


def _counts(index: SearchIndex, text: str) -> list[int]:
    """How many items have each word of the text."""
    return [index.document_frequency(wanted.term) for wanted in wanted_of(text, index.config)]
