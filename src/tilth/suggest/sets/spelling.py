"""How people write the words of a normal form: `1/2` for 0.5, `lights` for light at the end of a query."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tilth.text import fold, normalize, singular, tokens

PUNCTUATION = ".,;:!?()[]{}<>*|\"'"


@dataclass(frozen=True)
class Spellings:
    """The commonest spelling of each normal word, `inside` a query and as the `last` word. Unknown ones stay."""

    inside: dict[str, str]
    last: dict[str, str]

    def write(self, words: Sequence[str]) -> str:
        """The words of a query, in their order, as they are written."""
        if not words:
            return ""
        *before, end = words
        return " ".join([*(self.inside.get(word, word) for word in before), self.last.get(end, end)])


def spelled(text: str) -> list[tuple[str, str]]:
    """The normal words of a text with the way each is written, of those that stand alone between spaces."""
    found, before = list[tuple[str, str]](), ""
    for chunk in fold(text).split():
        shown = chunk.strip(PUNCTUATION)
        if not shown:
            continue
        # A unit is one after a number only: the word is looked at together with the one before it.
        here, together = tokens(normalize(shown)), tokens(normalize(f"{before} {shown}"))
        if len(here) == 1 and len(together) == len(tokens(normalize(before))) + 1:
            found.append((singular(together[-1]), shown))
        before = shown
    return found


def learn_spellings(queries: Iterable[str], titles: Iterable[str]) -> Spellings:
    """Queries count first; titles for words that no query holds."""
    inside, last, titled = (defaultdict[str, Counter[str]](Counter) for _ in range(3))
    for query in queries:
        words = spelled(query)
        for place, (word, shown) in enumerate(words):
            (last if place == len(words) - 1 else inside)[word][shown] += 1
    for title in titles:
        for word, shown in spelled(title):
            titled[word][shown] += 1
    known = {*inside, *last, *titled}
    return Spellings(
        {word: _commonest(inside[word], last[word], titled[word]) for word in known},
        {word: _commonest(last[word], inside[word], titled[word]) for word in known},
    )


def _commonest(first: Counter[str], second: Counter[str], third: Counter[str]) -> str:
    """The commonest in the first that has any, ties by what the next says, then by the alphabet."""
    names = first or second or third
    return min(names, key=lambda shown: (-names[shown], -second[shown], -third[shown], shown))
