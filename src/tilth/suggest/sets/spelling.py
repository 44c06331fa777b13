"""How people write the words of a normal form: `1/2` for 0.5, `lights` for light at the end of a query."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tilth.text import fold, is_number, normalize, singular, tokens

PUNCTUATION = ".,;:!?()[]{}<>*|\"'"


@dataclass(frozen=True)
class Spellings:
    """The commonest spelling of each normal word `inside` a query, as its `last` word, and as a unit (`measured`) after
    a number. Words without one are written as they are."""

    inside: dict[str, str]
    last: dict[str, str]
    measured: dict[str, str]

    def write(self, words: Sequence[str]) -> str:
        """The words of a query, in their order, as they are written."""
        shown = list[str]()
        for place, word in enumerate(words):
            if place and is_number(words[place - 1]) and word in self.measured:
                shown.append(self.measured[word])
            else:
                known = self.last if place == len(words) - 1 else self.inside
                shown.append(known.get(word, word))
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


def _commonest(*counted: Counter[str]) -> str:
    """The commonest by the first that has any; ties go to the next, and then to the alphabet."""
    names = next(counter for counter in counted if counter)
    return min(names, key=lambda shown: ([-counter[shown] for counter in counted], shown))
