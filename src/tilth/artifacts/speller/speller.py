"""Corrects queries, or leaves them as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp

import msgspec

from tilth.artifacts.speller.bigrams import BigramArrays, Language
from tilth.artifacts.speller.decode import BEGIN, Edge, attraction, best_path
from tilth.artifacts.speller.deletes import DeleteArrays, Deletes
from tilth.artifacts.speller.exceptions import Exceptions
from tilth.artifacts.speller.lexicon import Lexicon, LexiconArrays
from tilth.artifacts.speller.mistakes import Mistakes
from tilth.artifacts.speller.options import Limits, Options, Reason
from tilth.artifacts.speller.typing_errors import Costs
from tilth.artifacts.speller.weights import Features, Weights, in_order, weighted
from tilth.artifacts.speller.words import Word, joinable, like, words

MAX_CHARS = 512
"""A longer text is no query and is left as it is."""
MAX_WORDS = 32
"""Words after these are left as they are."""


class SpellerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What beside the tables decides a correction."""

    unknown_log_p: float
    """Log probability of a word that is not known."""
    threshold: float = 0.0
    """Log odds from which on a change is made."""
    costs: Costs = Costs()
    weights: Weights = Weights()
    limits: Limits = Limits()


@dataclass(frozen=True)
class SpellerTables:
    """What building has counted."""

    lexicon: LexiconArrays
    bigrams: BigramArrays
    deletes: DeleteArrays
    mistakes: Mistakes
    exceptions: Exceptions


@dataclass(frozen=True)
class Change:
    """`query[start:end]`, which is `was`, becomes `text`; `margin` is the log odds that this is wanted.

    `features` and `context` say why; both None for an exception, whose margin is infinite.
    """

    start: int
    end: int
    was: str
    text: str
    reason: Reason
    margin: float
    features: Features | None = None
    context: float | None = None


@dataclass(frozen=True)
class Correction:
    """`text` is the query with its `changes` made; `confidence` is the probability that it is what was meant, as far as
    the margins say: of the least certain change, or where nothing was changed, of nothing being wrong."""

    text: str
    changes: tuple[Change, ...]
    confidence: float

    @property
    def changed(self) -> bool:
        return bool(self.changes)


class Speller:
    """Tables and settings, ready to correct. Threads may share it: at worst something is looked up twice."""

    def __init__(self, tables: SpellerTables, settings: SpellerSettings) -> None:
        self.tables, self.settings = tables, settings
        self.lexicon = Lexicon(tables.lexicon, settings.unknown_log_p)
        self.language = Language(self.lexicon, tables.bigrams)
        self._options = Options(
            self.language,
            Deletes(tables.lexicon, tables.deletes),
            settings.costs,
            settings.weights,
            settings.limits,
            tables.mistakes,
        )
        self._weights = in_order(settings.weights)

    def correct(self, query: str) -> Correction:
        """The query with every change whose log odds reach the threshold; what nothing speaks against stays."""
        exception = self.tables.exceptions.of(query)
        if exception is not None:
            return _fixed(query, exception.text)
        found = self.considered(query)
        made = tuple(change for change in found if change.margin >= self.settings.threshold)
        if made:
            return Correction(applied(query, made), made, _sigmoid(min(change.margin for change in made)))
        return Correction(query, (), _sigmoid(-max((change.margin for change in found), default=float("inf"))) or 1.0)

    def considered(self, query: str) -> tuple[Change, ...]:
        """The changes of the most probable reading, whatever their margin; exceptions are not looked at."""
        if len(query) > MAX_CHARS:
            return ()
        parts = words(query, MAX_WORDS)
        edges = self._edges(query, parts)
        if all(len(some) == 1 for some in edges):
            return ()
        path = best_path(self.language, self.settings.weights.context, self.settings.limits.favour, edges)
        places = [place for place, edge in enumerate(path) if edge.option.reason != "kept"]
        return tuple(self._change(query, parts, path, place) for place in places)

    def replaced(self, *, tables: SpellerTables | None = None, settings: SpellerSettings | None = None) -> "Speller":
        """The same speller with other tables or settings."""
        return Speller(tables or self.tables, settings or self.settings)

    def _edges(self, query: str, parts: Sequence[Word]) -> list[list[Edge]]:
        found = [self._options.of(word.form) for word in parts]
        edges = [[Edge(place, place + 1, option) for option in some] for place, some in enumerate(found)]
        for place, (word, after) in enumerate(pairwise(parts)):
            option = self._options.joined(found[place][0], found[place + 1][0])
            if option is not None and joinable(query[word.end : after.start]):
                edges[place].append(Edge(place, place + 2, option))
        return edges

    def _change(self, query: str, parts: Sequence[Word], path: Sequence[Edge], place: int) -> Change:
        edge = path[place]
        before = path[place - 1].option.words[-1] if place else BEGIN
        after = path[place + 1].option.words[0] if place + 1 < len(path) else BEGIN
        kept = [self._options.of(parts[word].form)[0] for word in range(edge.start, edge.end)]
        context = attraction(self.language, before, [edge.option], after)
        context -= attraction(self.language, before, kept, after)
        was = min((option.words[0] for option in kept), key=self.lexicon.log_p)
        features = self._options.features(" ".join(option.text for option in kept), was, edge.option)
        margin = weighted(self._weights, features) + self.settings.weights.context * context
        start, end = parts[edge.start].start, parts[edge.end - 1].end
        typed = query[start:end]
        return Change(start, end, typed, like(typed, edge.option.text), edge.option.reason, margin, features, context)


def applied(query: str, changes: Sequence[Change]) -> str:
    """The query with changes made, given in the order of their places."""
    for change in reversed(changes):
        query = query[: change.start] + change.text + query[change.end :]
    return query


def _fixed(query: str, text: str | None) -> Correction:
    if text is None:
        return Correction(query, (), 1.0)
    return Correction(text, (Change(0, len(query), query, text, "exception", float("inf")),), 1.0)


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))
