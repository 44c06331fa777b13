"""What a word of a query, or two of them together, may have been meant as."""

from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from math import inf
from typing import Literal, NamedTuple

import msgspec

from tilth.artifacts.speller.bigrams import Language
from tilth.artifacts.speller.deletes import Deletes
from tilth.artifacts.speller.hashing import deletions
from tilth.artifacts.speller.lexicon import KNOWN_FROM_LOG, OUTSIDE, PROTECTED, UNKNOWN
from tilth.artifacts.speller.mistakes import Mistakes
from tilth.artifacts.speller.typing_errors import Costs, edits, least_prices
from tilth.artifacts.speller.weights import Features, Weights, in_order, weighted
from tilth.artifacts.speller.words import MIN_LENGTH, correctable, symbol
from tilth.text import stem
from tilth.text.normalize import UNIT_OF

Reason = Literal["kept", "edit", "split", "join", "exception"]

_REMEMBERED = 1 << 15
"""Words whose options are kept in memory; all are forgotten when there are more."""
_SHORT = 4
_SPARE = 1
"""Options beyond those that are tried, whose features are looked at."""
_NEW, _COST = Features._fields.index("new"), Features._fields.index("cost")
_ALIKE = [
    Features._fields.index(name)
    for name in ("bias", "known", "known_p", "logged", "logged_p", "short", "length", "left", "listed", "listed_p")
]
"""Features that depend on what was typed alone."""
_SETTLED = 2.0
"""Log odds from which on an option makes it needless to look for two words, one of which has a mistake."""
_NEAR_PART = 8
"""Candidates that are compared for one of these two."""
_MOST_EDITS = 3
"""For a mistake that was seen before."""
_FAR = 20.0
"""The price of more edits than those."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How far the search goes for one word."""

    near: int = 20
    """Candidates that are compared letter by letter, the best as far as letters and frequency tell; half as many where
    the catalog has the word as it was typed."""
    options: int = 4
    """Of them, how many are tried in context."""
    behind: float = 3.0
    """Log odds, out of context, that an option may be behind the best edit of its word."""
    least: float = -6.0
    """Log odds, out of context, from which on an option is tried in it."""
    favour: float = 3.0
    """Log odds that every change is given while the best reading is looked for, so that those below the threshold are
    seen too; not part of a change's margin."""


@dataclass(frozen=True, slots=True)
class Option:
    """One reading: its text, the numbers of its words, the price of its edits, its log odds out of context."""

    text: str
    words: tuple[int, ...]
    reason: Reason
    price: float
    gain: float


class Typed(NamedTuple):
    """A word (or two) as typed, and what of the features depends on it alone."""

    text: str
    word: int
    known: bool
    known_p: float
    logged: bool
    logged_p: float
    left: float
    listed: bool
    listed_p: float


class Options:
    """Finds and remembers the options of words."""

    def __init__(
        self, language: Language, deletes: Deletes, costs: Costs, weights: Weights, limits: Limits, mistakes: Mistakes
    ) -> None:
        self._language, self._lexicon, self._deletes = language, language.lexicon, deletes
        self._costs, self._limits, self._mistakes = costs, limits, mistakes
        self._weights, self._context = in_order(weights), weights.context
        self._cheapest, self._per_letter = least_prices(costs)
        self._seen: dict[str, tuple[Option, ...]] = {}

    def of(self, form: str) -> tuple[Option, ...]:
        """The word as it is, and after it, best first, what else it may be."""
        found = self._seen.get(form)
        if found is None:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            found = self._seen[form] = self._find(form)
        return found

    def joined(self, first: Option, second: Option) -> Option | None:
        """Two words, given as they are, as one known word."""
        form = first.text + second.text
        if not correctable(form):
            return None
        word = self._lexicon.find(form)
        if word == UNKNOWN or self._lexicon.flags(word) & OUTSIDE:
            return None
        if self._protected(first) or self._protected(second):
            return None
        typed = f"{first.text} {second.text}"
        was = min(first.words[0], second.words[0], key=self._lexicon.log_p)
        return self._option(form, (word,), "join", self.typed(typed, was), 0.0)

    def typed(self, text: str, was: int) -> Typed:
        """What was typed, whose (rarest) word has the number `was`."""
        lexicon = self._lexicon
        flags, log_p, listed_p = lexicon.flags(was), lexicon.log_p(was), lexicon.general(was)
        logged, known = bool(flags & KNOWN_FROM_LOG), was >= 0 and not flags & OUTSIDE
        left = self._mistakes.seen(text, text)
        return Typed(
            text, was, known, log_p if known else 0.0, logged, log_p if logged else 0.0, left, listed_p < 0.0, listed_p
        )

    def features(self, typed: Typed, option: Option) -> Features:
        """Of the change of what was typed, out of context."""
        lexicon, text, was = self._lexicon, option.text, typed.text
        listed = [lexicon.general(word) for word in option.words]
        in_list = all(listed)
        inflected = option.reason == "edit" and typed.word >= 0 and was[:3] == text[:3] and stem(was) == stem(text)
        return Features(
            1.0,
            min([lexicon.log_p(word) for word in option.words]),
            typed.known,
            typed.known_p,
            typed.logged,
            typed.logged_p,
            option.price,
            option.reason == "split",
            option.reason == "join",
            inflected,
            (was[-1] == "s") != (text[-1] == "s"),
            len(was) <= _SHORT,
            len(was),
            self._mistakes.seen(was, text),
            typed.left,
            typed.listed,
            typed.listed_p,
            in_list,
            min(listed) if in_list else 0.0,
            min([lexicon.in_catalog(word) for word in option.words]) == 0,
        )

    def _find(self, form: str) -> tuple[Option, ...]:
        word = self._lexicon.find(symbol(form))
        kept = Option(form, (word,), "kept", 0.0, 0.0)
        if not correctable(form) or self._protected(kept):
            return (kept,)
        typed = self.typed(form, word)
        found = [*self._edited(typed), *self._split(typed), *self._remembered(typed)]
        if self._is_new(form, word) and not any(option.gain > _SETTLED for option in found):
            found += self._split_and_edited(typed)
        found = [option for option in found if option.gain > self._limits.least]
        found.sort(key=lambda option: -option.gain)
        distinct = {option.text: option for option in reversed(found)}
        return (kept, *list(distinct.values())[: -self._limits.options - 1 : -1])

    def _protected(self, kept: Option) -> bool:
        return kept.text in UNIT_OF or bool(self._lexicon.flags(kept.words[0]) & PROTECTED)

    def _edited(self, typed: Typed) -> list[Option]:
        lexicon, form = self._lexicon, typed.text
        allowed, tried = deletions(len(form)), self._limits.options + _SPARE
        of_new, of_cost = self._weights[_NEW], self._weights[_COST]
        needed = self._limits.least - self._whatever(typed)
        found: list[tuple[float, str, int, float]] = []
        compared = self._limits.near // 2 if typed.known else self._limits.near
        for word, differ in self._deletes.near(form, compared):
            if word == typed.word:
                continue
            likely = of_new * lexicon.log_p(word)
            if likely + of_cost * max(self._cheapest, self._per_letter * differ) < needed:
                continue
            right = lexicon.form(word)
            price = edits(self._costs, right, form, allowed, (needed - likely) / of_cost if of_cost < 0 else inf)
            if price is not None and (odds := likely + of_cost * price) > needed:
                found.append((odds, right, word, price))
                needed = max(needed, odds - self._limits.behind)
                if len(found) >= tried:
                    needed = max(needed, nlargest(tried, found)[-1][0])
        # The other features differ little among the options of one word: few need them.
        found.sort(reverse=True)
        return [self._option(right, (word,), "edit", typed, price) for _, right, word, price in found[:tried]]

    def _whatever(self, typed: Typed) -> float:
        """The part of the log odds that is the same for every edit of a word, but for what can only lower it."""
        numbers, letters = self._weights, float(len(typed.text))
        alike = (1.0, *typed[2:6], letters <= _SHORT, letters, *typed[6:])
        return sum([numbers[place] * value for place, value in zip(_ALIKE, alike, strict=True)])

    def _split(self, typed: Typed) -> list[Option]:
        form = typed.text
        out: list[Option] = []
        for place in range(2, len(form) - 1):
            first = self._of_catalog(form[:place])
            second = self._of_catalog(form[place:]) if first != UNKNOWN else UNKNOWN
            if second != UNKNOWN:
                text = f"{form[:place]} {form[place:]}"
                out.append(self._option(text, (first, second), "split", typed, 0.0))
        return out

    def _split_and_edited(self, typed: Typed) -> list[Option]:
        """Two words, one of which has a mistake: the best two."""
        form = typed.text
        out: list[Option] = []
        for place in range(MIN_LENGTH, len(form) - MIN_LENGTH + 1):
            parts = form[:place], form[place:]
            words = [self._of_catalog(part) for part in parts]
            if (words[0] == UNKNOWN) == (words[1] == UNKNOWN):
                continue
            wrong = words.index(UNKNOWN)
            mended = self._mended(parts[wrong])
            if mended is None:
                continue
            word, price = mended
            texts = [self._lexicon.form(word), parts[1]] if wrong == 0 else [parts[0], self._lexicon.form(word)]
            words[wrong] = word
            out.append(self._option(" ".join(texts), (words[0], words[1]), "split", typed, price))
        return sorted(out, key=lambda option: -option.gain)[:2]

    def _mended(self, part: str) -> tuple[int, float] | None:
        """The most probable word of the catalog one edit away, and the price of that edit."""
        best: tuple[float, int, float] | None = None
        for word, _ in self._deletes.near(part, _NEAR_PART):
            price = None if self._lexicon.flags(word) & OUTSIDE else self._price(word, part)
            if price is not None:
                odds = self._weights[_NEW] * self._lexicon.log_p(word) + self._weights[_COST] * price
                best = max(best or (odds, word, price), (odds, word, price))
        return None if best is None else best[1:]

    def _price(self, word: int, part: str) -> float | None:
        return edits(self._costs, self._lexicon.form(word), part, 1)

    def _is_new(self, form: str, word: int) -> bool:
        """Whether the catalog lacks a word that is long enough to be two."""
        return len(form) > 2 * MIN_LENGTH and (word == UNKNOWN or bool(self._lexicon.flags(word) & OUTSIDE))

    def _remembered(self, typed: Typed) -> list[Option]:
        form = typed.text
        out: list[Option] = []
        for text in self._mistakes.meant(form):
            words = tuple(self._lexicon.find(word) for word in text.split())
            price = edits(self._costs, text, form, _MOST_EDITS) if len(words) == 1 else 0.0
            reason: Reason = "edit" if len(words) == 1 else "split"
            out.append(self._option(text, words, reason, typed, _FAR if price is None else price))
        return out

    def _of_catalog(self, form: str) -> int:
        word = self._lexicon.find(form)
        return UNKNOWN if self._lexicon.flags(word) & OUTSIDE else word

    def _option(self, text: str, words: tuple[int, ...], reason: Reason, typed: Typed, price: float) -> Option:
        option = Option(text, words, reason, price, 0.0)
        gain = weighted(self._weights, self.features(typed, option))
        for first, second in pairwise(words):
            gain += self._context * self._language.attraction(first, second)
        return Option(text, words, reason, price, gain)
