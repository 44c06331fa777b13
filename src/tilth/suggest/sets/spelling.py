"""How people write the words of a normal form: `1/2` for 0.5, `lights` for light at the end of a query."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, log
from typing import NamedTuple

from tilth.text import fold, is_number, normalize, singular, tokens

PUNCTUATION = ".,;:!?()[]{}<>*|\"'"


class Spelling(NamedTuple):
    """`second` is the same as `first` where there is no other; `rarer`: log of its count over that of `first`."""

    first: str
    second: str
    rarer: float


@dataclass(frozen=True)
class Spellings:
    """How each normal word is written `inside` a query, as its `last` word, and as a unit (`measured`) after a number.
    Words that are not known are written as they are."""

    inside: dict[str, Spelling]
    last: dict[str, Spelling]
    measured: dict[str, Spelling]

    def write(self, words: Sequence[str], switched: int = -1) -> str:
        """The words of a query, in their order, as they are written; the one at `switched` in its next spelling."""
        shown = list[str]()
        for place, word in enumerate(words):
            if place and is_number(words[place - 1]) and word in self.measured:
                known = self.measured
            else:
                known = self.last if place == len(words) - 1 else self.inside
            spelling = known.get(word, Spelling(word, word, 0.0))
            shown.append(spelling.second if place == switched else spelling.first)
        return " ".join(shown)


def learn_spellings(queries: Iterable[str], titles: Iterable[str]) -> Spellings:
    """Queries count first; titles for words that no query holds."""
    inside, last, measured = (defaultdict[str, Counter[str]](Counter) for _ in range(3))
    titled, titled_measures = (defaultdict[str, Counter[str]](Counter) for _ in range(2))
    for query in queries:
        words = spelled(query)
        for place, (word, shown, is_unit) in enumerate(words):
            (measured if is_unit else last if place == len(words) - 1 else inside)[word][shown] += 1
    for title in titles:
        for word, shown, is_unit in spelled(title):
            (titled_measures if is_unit else titled)[word][shown] += 1
    known = {*inside, *last, *titled}
    return Spellings(
        {word: _commonest(inside[word], last[word], titled[word]) for word in known},
        {word: _commonest(last[word], inside[word], titled[word]) for word in known},
        {word: _commonest(measured[word], titled_measures[word]) for word in {*measured, *titled_measures}},
    )


def spelled(text: str) -> list[tuple[str, str, bool]]:
    """The normal words of a text, how each is written, and whether it is what it is (a unit) only after a number.

    Only words that stand alone between spaces.
    """
    found, before = list[tuple[str, str, bool]](), ""
    for chunk in fold(text).split():
        shown = chunk.strip(PUNCTUATION)
        if not shown:
            continue
        here, earlier, together = (tokens(normalize(part)) for part in (shown, before, f"{before} {shown}"))
        if len(here) == 1 and len(together) == len(earlier) + 1:
            found.append((singular(together[-1]), shown, together[-1] != here[0]))
        before = shown
    return found


def _commonest(*counted: Counter[str]) -> Spelling:
    """By the first that has any; ties go to the next, and then to the alphabet. The second may come from a later one,
    as if it had been seen half a time."""
    every = {shown for counter in counted for shown in counter}
    order = sorted(every, key=lambda shown: ([-counter[shown] for counter in counted], shown))
    counts = next(counter for counter in counted if counter)
    if len(order) < 2:
        return Spelling(order[0], order[0], -inf)
    return Spelling(order[0], order[1], log(max(counts[order[1]], 0.5) / counts[order[0]]))
