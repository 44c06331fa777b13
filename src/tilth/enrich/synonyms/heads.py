"""What each item is: the head noun of its title.

In an English noun phrase the last word names the thing, the words before it only say which: a *laptop lock* is a lock.
A product title puts brand and series before the phrase and colour, measures and purpose behind it, and marks neither.
What is a head is therefore learned from the catalog itself: a word that often ends a phrase, that many different words
stand before (before `Xeon` there is always the same one), that more than one brand uses, and that is no attribute's
value. The finder names the most likely head of each title, counts how often each word was it, and starts again with
these counts (hard expectation maximisation).
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tilth.enrich.synonyms.titles import END, Titles, is_plain
from tilth.text import UNIT_OF, is_code, is_number

ROUNDS = 4
FEWEST = 3
"""Titles that a word must stand in to be told from a name."""
PRIOR = 2.0
"""Titles' worth of doubt about a word."""
LATER = 0.5
"""How much less a phrase is believed to name the thing than the one before it."""
NEARLY = 0.5
"""Share of the best candidate's belief from which on another one is kept beside it."""


@dataclass(frozen=True)
class Heads:
    """`words`: the head of each title, empty where none was found. `share`: by word, how often it was the head of the
    titles that it stands in, pulled towards 0 by `PRIOR`. `likely`: the head of each title first,
    then other words of it that are at least `NEARLY` as believable."""

    words: tuple[str, ...]
    share: dict[str, float]
    likely: tuple[tuple[str, ...], ...] = ()

    def types(self, least: float = 0.1, fewest: int = FEWEST) -> dict[str, int]:
        """Words that name things, and how many items each names."""
        count = Counter(word for word in self.words if word)
        return {word: n for word, n in count.items() if n >= fewest and self.share.get(word, 0) >= least}


def find_heads(titles: Titles, *, rounds: int = ROUNDS) -> Heads:
    """The head noun of every title."""
    frequency = _frequency(titles)
    variety = _variety(titles, frequency)
    candidates = [
        _candidates(words, values, variety) for words, values in zip(titles.phrases, titles.values, strict=True)
    ]
    share = _first_guess(titles, variety, frequency)
    chosen: list[str] = []
    for _ in range(rounds):
        belief = {word: share[word] * variety[word] for word in share}
        chosen = [_best(some, belief) for some in candidates]
        count = Counter(word for word in chosen if word)
        share = {word: n / (frequency[word] + PRIOR) for word, n in count.items()}
    belief = {word: share[word] * variety[word] for word in share}
    return Heads(tuple(chosen), share, tuple(_likely(some, belief) for some in candidates))


def _candidates(words: Sequence[str], values: frozenset[str], nouns: dict[str, float]) -> list[tuple[str, int]]:
    """Words that are followed by the end of a phrase, a number, a model or a value, in order, each with how many
    candidates were sure ends before it. What follows a number is its unit."""
    found, passed = list[tuple[str, int]](), 0
    around = zip([END, *words], words, [*words[1:], END], [*words[2:], END, END], strict=False)
    for before, word, one, two in around:
        ends = not is_plain(one) or one in values
        if ends and word in nouns and word not in values and not is_number(before):
            found.append((word, passed))
            passed += _surely_ends(one, two, values)
    return found


def _frequency(titles: Titles) -> Counter[str]:
    """In how many titles each word stands otherwise than as a unit behind a number."""
    return Counter(
        word
        for words in titles.phrases
        for word in {right for left, right in zip([END, *words], words, strict=False) if not is_number(left)}
    )


def _variety(titles: Titles, frequency: Counter[str]) -> dict[str, float]:
    """Plain words that stand behind the first word of more than one brand's titles (the first word of a title stands
    for its brand) and are seldom an attribute's value there; for each, the share of its titles in which another than
    its most usual word stands before it."""
    brands, before = defaultdict[str, set[str]](set), defaultdict[str, Counter[str]](Counter)
    as_value = Counter[str]()
    for words, values in zip(titles.phrases, titles.values, strict=True):
        lefts = {right: left for left, right in pairwise(words) if not is_number(left)}
        for word, left in lefts.items():
            brands[word].add(words[0])
            before[word][left] += 1
            as_value[word] += word in values
    return {
        word: 1 - max((n for one, n in left.items() if one), default=0) / left.total()
        for word, left in before.items()
        if is_plain(word)
        and left.total() >= max(FEWEST, frequency[word] / 2)
        and len(brands[word]) > 1
        and as_value[word] < left.total() / 2
    }


def _first_guess(titles: Titles, nouns: dict[str, float], frequency: Counter[str]) -> dict[str, float]:
    """Share of a word's titles in which a phrase ends behind it for sure: with its words, at a value or at a measure. A
    bare number or a model behind a word more often goes with a name (`Core 2`, `Type C7`)."""
    ends = Counter[str]()
    for words, values in zip(titles.phrases, titles.values, strict=True):
        follow = zip(words, [*words[1:], END], [*words[2:], END, END], strict=False)
        ends.update({word for word, one, two in follow if word in nouns and _surely_ends(one, two, values)})
    return {word: n / (frequency[word] + PRIOR) for word, n in ends.items()}


def _surely_ends(one: str, two: str, values: frozenset[str]) -> bool:
    return one == END or one in values or (one[:1].isdigit() and (is_code(one) or two in UNIT_OF))


def _best(candidates: Sequence[tuple[str, int]], belief: dict[str, float]) -> str:
    """Most likely the head; of equals the first."""
    return next(iter(_likely(candidates, belief)), "")


def _likely(candidates: Sequence[tuple[str, int]], belief: dict[str, float]) -> tuple[str, ...]:
    """The most likely head, of equals the first; then those that are nearly as likely."""
    scores = dict[str, float]()
    for word, passed in candidates:
        if (score := belief.get(word, 0.0) * LATER**passed) > scores.get(word, 0.0):
            scores[word] = score
    least = NEARLY * max(scores.values(), default=0.0)
    return tuple(sorted((word for word in scores if scores[word] >= least), key=lambda word: -scores[word]))
