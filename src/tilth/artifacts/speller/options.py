"""What a word of a query, or two of them together, may have been meant as."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import msgspec

from tilth.artifacts.speller.bigrams import Language
from tilth.artifacts.speller.deletes import Deletes
from tilth.artifacts.speller.hashing import deletions
from tilth.artifacts.speller.lexicon import KNOWN_FROM_LOG, PROTECTED, UNKNOWN
from tilth.artifacts.speller.mistakes import Mistakes
from tilth.artifacts.speller.typing_errors import Costs, edits
from tilth.artifacts.speller.weights import Features, Weights, in_order, weighted
from tilth.artifacts.speller.words import correctable, symbol
from tilth.text import stem
from tilth.text.normalize import UNIT_OF

Reason = Literal["kept", "edit", "split", "join", "exception"]

_REMEMBERED = 1 << 15
"""Words whose options are kept in memory; all are forgotten when there are more."""
_SHORT = 4
_SPARE = 3
"""Options beyond those that are tried, whose features are looked at."""
_NEW, _COST = Features._fields.index("new"), Features._fields.index("cost")
_MOST_EDITS = 3
"""For a mistake that was seen before."""
_FAR = 20.0
"""The price of more edits than those."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How far the search goes for one word."""

    near: int = 24
    """Candidates that are compared letter by letter, those with the same letters first, then the frequent ones."""
    options: int = 5
    """Of them, how many are tried in context."""
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


class Options:
    """Finds and remembers the options of words."""

    def __init__(
        self, language: Language, deletes: Deletes, costs: Costs, weights: Weights, limits: Limits, mistakes: Mistakes
    ) -> None:
        self._language, self._lexicon, self._deletes = language, language.lexicon, deletes
        self._costs, self._limits, self._mistakes = costs, limits, mistakes
        self._weights, self._context = in_order(weights), weights.context
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
        if word == UNKNOWN or self._lexicon.flags(word) & KNOWN_FROM_LOG:
            return None
        if self._protected(first) or self._protected(second):
            return None
        typed = f"{first.text} {second.text}"
        was = min(first.words[0], second.words[0], key=self._lexicon.log_p)
        return self._option(form, (word,), "join", typed, was, 0.0)

    def features(self, typed: str, was: int, option: Option) -> Features:
        """Of the change from `typed`, whose (rarest) word has the number `was`."""
        lexicon, text = self._lexicon, option.text
        logged = bool(lexicon.flags(was) & KNOWN_FROM_LOG)
        known, edited = was >= 0 and not logged, option.reason == "edit"
        log_p = lexicon.log_p(was)
        return Features(
            bias=1.0,
            new=min([lexicon.log_p(word) for word in option.words]),
            known=float(known),
            known_p=log_p if known else 0.0,
            logged=float(logged),
            logged_p=log_p if logged else 0.0,
            cost=option.price,
            split=float(option.reason == "split"),
            join=float(option.reason == "join"),
            inflected=float(edited and was >= 0 and stem(typed) == stem(text)),
            final_s=float((typed[-1] == "s") != (text[-1] == "s")),
            short=float(len(typed) <= _SHORT),
            length=float(len(typed)),
            seen=self._mistakes.seen(typed, text),
            left=self._mistakes.seen(typed, typed),
        )

    def _find(self, form: str) -> tuple[Option, ...]:
        word = self._lexicon.find(symbol(form))
        kept = Option(form, (word,), "kept", 0.0, 0.0)
        if not correctable(form) or self._protected(kept):
            return (kept,)
        found = [*self._edited(form, word), *self._split(form, word), *self._remembered(form, word)]
        found = [option for option in found if option.gain > self._limits.least]
        found.sort(key=lambda option: -option.gain)
        distinct = {option.text: option for option in reversed(found)}
        return (kept, *list(distinct.values())[: -self._limits.options - 1 : -1])

    def _protected(self, kept: Option) -> bool:
        return kept.text in UNIT_OF or bool(self._lexicon.flags(kept.words[0]) & PROTECTED)

    def _edited(self, form: str, itself: int) -> list[Option]:
        lexicon, allowed = self._lexicon, deletions(len(form))
        of_new, of_cost = self._weights[_NEW], self._weights[_COST]
        found: list[tuple[float, str, int, float]] = []
        for word in self._deletes.near(form, self._limits.near):
            if word == itself:
                continue
            right = lexicon.form(word)
            price = edits(self._costs, right, form, allowed)
            if price is not None:
                found.append((of_new * lexicon.log_p(word) + of_cost * price, right, word, price))
        # The other features differ little among the options of one word: few need them.
        found.sort(reverse=True)
        return [
            self._option(right, (word,), "edit", form, itself, price)
            for _, right, word, price in found[: self._limits.options + _SPARE]
        ]

    def _split(self, form: str, itself: int) -> list[Option]:
        out: list[Option] = []
        for place in range(2, len(form) - 1):
            first = self._of_catalog(form[:place])
            second = self._of_catalog(form[place:]) if first != UNKNOWN else UNKNOWN
            if second != UNKNOWN:
                text = f"{form[:place]} {form[place:]}"
                out.append(self._option(text, (first, second), "split", form, itself, 0.0))
        return out

    def _remembered(self, form: str, itself: int) -> list[Option]:
        out: list[Option] = []
        for text in self._mistakes.meant(form):
            words = tuple(self._lexicon.find(word) for word in text.split())
            price = edits(self._costs, text, form, _MOST_EDITS) if len(words) == 1 else 0.0
            reason: Reason = "edit" if len(words) == 1 else "split"
            out.append(self._option(text, words, reason, form, itself, _FAR if price is None else price))
        return out

    def _of_catalog(self, form: str) -> int:
        word = self._lexicon.find(form)
        return UNKNOWN if self._lexicon.flags(word) & KNOWN_FROM_LOG else word

    def _option(self, text: str, words: tuple[int, ...], reason: Reason, typed: str, was: int, price: float) -> Option:
        option = Option(text, words, reason, price, 0.0)
        gain = weighted(self._weights, self.features(typed, was, option))
        for first, second in pairwise(words):
            gain += self._context * self._language.attraction(first, second)
        return Option(text, words, reason, price, gain)
