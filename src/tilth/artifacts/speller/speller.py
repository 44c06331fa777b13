"""Corrects queries, or leaves them as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp
from operator import itemgetter

import msgspec

from tilth.artifacts.speller.bigrams import BigramArrays, Language
from tilth.artifacts.speller.decode import BEGIN, Edge, attraction, best_path
from tilth.artifacts.speller.deletes import DeleteArrays, Deletes
from tilth.artifacts.speller.exceptions import Exceptions
from tilth.artifacts.speller.forest import Forest, ForestArrays
from tilth.artifacts.speller.lexicon import Lexicon, LexiconArrays
from tilth.artifacts.speller.mistakes import Mistakes
from tilth.artifacts.speller.options import Limits, Option, Options, Reason, Typed
from tilth.artifacts.speller.together import Together, TogetherArrays
from tilth.artifacts.speller.typing_errors import Costs
from tilth.artifacts.speller.weights import SEARCH, Features, Weights, in_order, weighted
from tilth.artifacts.speller.words import Word, joinable, like, words

MAX_CHARS = 512
"""A longer text is no query and is left as it is."""
MAX_WORDS = 32
"""Words after these are left as they are."""
MAX_GAP = 6.0
"""A change that is ahead of all others by that much, in log odds, has none beside it that counts."""
_IN_CONTEXT = Features._fields.index("together")
READINGS = 2
"""Readings of one place that trees choose from; weights take the first."""


class SpellerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What beside the tables decides a correction."""

    unknown_log_p: float
    """Log probability of a word that is not known."""
    threshold: float = 0.0
    """Log odds from which on a change is made."""
    costs: Costs = Costs()
    weights: Weights = Weights()
    """Of a change's log odds, which the threshold is for."""
    search: Weights = SEARCH
    """Of the options while the best reading is looked for. A fit leaves them alone: what is considered, and how far it
    is ahead of the rest, then means the same before and after it."""
    limits: Limits = Limits()


@dataclass(frozen=True)
class SpellerTables:
    """What building has counted."""

    lexicon: LexiconArrays
    bigrams: BigramArrays
    together: TogetherArrays
    deletes: DeleteArrays
    forest: ForestArrays
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


@dataclass(frozen=True)
class Candidate:
    """What `was` may be; `log_odds` are out of context."""

    was: str
    text: str
    reason: Reason
    log_odds: float


@dataclass(frozen=True, slots=True)
class _Span:
    """Words of a query that a change would replace: `query[start:end]`, as options that keep them, the word after them,
    all other words of the reading, and how much more often than by chance they stand together with these."""

    start: int
    end: int
    kept: list[Option]
    after: int
    others: list[int]
    typed: Typed
    together: float


class Speller:
    """Tables and settings, ready to correct. Threads may share it: at worst something is looked up twice."""

    def __init__(self, tables: SpellerTables, settings: SpellerSettings) -> None:
        self.tables, self.settings = tables, settings
        self.lexicon = Lexicon(tables.lexicon, settings.unknown_log_p)
        self.language = Language(self.lexicon, tables.bigrams)
        self._together = Together(self.lexicon, tables.together)
        self._options = Options(
            self.language,
            Deletes(tables.lexicon, tables.deletes),
            settings.costs,
            settings.search,
            settings.limits,
            tables.mistakes,
        )
        self._weights = in_order(settings.weights)
        self._forest = Forest(tables.forest)

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
        if not self._forest.used:
            return tuple(some[0] for some in self._readings(query, 1))
        found = self._readings(query, READINGS)
        margins = iter(self._forest.log_odds([numbers(change) for some in found for change in some]) if found else ())
        best = [max(((next(margins), change) for change in some), key=itemgetter(0)) for some in found]
        return tuple(replace(change, margin=margin) for margin, change in best)

    def readings(self, query: str) -> tuple[tuple[Change, ...], ...]:
        """For each place that the most probable reading changes, that change, then the next best ones there, all with
        margins by the weights: what weights and trees are fitted on."""
        return tuple(map(tuple, self._readings(query, READINGS)))

    def _readings(self, query: str, most: int) -> list[list[Change]]:
        if len(query) > MAX_CHARS:
            return []
        parts = words(query, MAX_WORDS)
        edges = self._edges(query, parts)
        if all(len(some) == 1 for some in edges):
            return []
        path = best_path(self.language, self.settings.search.context, self.settings.limits.favour, edges)
        places = [place for place, edge in enumerate(path) if edge.option.reason != "kept"]
        return [self._place(query, parts, edges, path, place, most) for place in places]

    def candidates(self, query: str) -> tuple[Candidate, ...]:
        """What each word may be, by place and then by falling log odds; for people who ask why."""
        if len(query) > MAX_CHARS:
            return ()
        parts = words(query, MAX_WORDS)
        return tuple(
            Candidate(query[parts[edge.start].start : parts[edge.end - 1].end], option.text, option.reason, option.gain)
            for some in self._edges(query, parts)
            for edge in sorted(some, key=lambda edge: -edge.option.gain)
            if (option := edge.option).reason != "kept"
        )

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

    def _place(
        self,
        query: str,
        parts: Sequence[Word],
        edges: Sequence[Sequence[Edge]],
        path: Sequence[Edge],
        place: int,
        most: int,
    ) -> list[Change]:
        """The change that a path makes at a place, and the best others there that leave the rest of it as it is."""
        made = path[place]
        before = path[place - 1].option.words[-1] if place else BEGIN
        following = {edge.start: edge for edge in path[place + 1 :]}
        rivals = [edge for edge in edges[made.start] if edge.option.reason != "kept" and _fits(edge, made, following)]
        spans = {end: self._span(parts, path, made.start, end) for end in {edge.end for edge in rivals}}
        odds = [self._odds(edge, before, spans[edge.end].after) for edge in rivals]
        ranked = sorted(odds, reverse=True)
        order = sorted(zip(odds, rivals, strict=True), key=lambda one: (one[1] is not made, -one[0]))
        out: list[Change] = []
        for own, edge in order[:most]:
            rank = ranked.index(own)
            ahead = own - ranked[rank == 0] if len(ranked) > 1 else MAX_GAP
            standing = (own, float(rank), max(min(ahead, MAX_GAP), -MAX_GAP))
            out.append(self._change(query, before, spans[edge.end], edge.option, standing))
        return out

    def _span(self, parts: Sequence[Word], path: Sequence[Edge], start: int, end: int) -> _Span:
        kept = [self._options.of(word.form)[0] for word in parts[start:end]]
        rest = [edge for edge in path if not start <= edge.start < end]
        others = [word for edge in rest for word in edge.option.words]
        after = BEGIN
        if end < len(parts):
            next_ones = [edge.option for edge in rest if edge.start == end]
            after = (next_ones or self._options.of(parts[end].form))[0].words[0]
        was = min([one.words[0] for one in kept], key=self.lexicon.log_p)
        typed = self._options.typed(" ".join([one.text for one in kept]), was)
        together = sum(self._with([one.words[0] for one in kept], others))
        return _Span(parts[start].start, parts[end - 1].end, kept, after, others, typed, together)

    def _change(
        self, query: str, before: int, span: _Span, option: Option, standing: tuple[float, float, float]
    ) -> Change:
        context = attraction(self.language, before, [option], span.after)
        context -= attraction(self.language, before, span.kept, span.after)
        together = self._with(option.words, span.others)
        odds, rank, gap = standing
        features = Features(
            *self._options.features(span.typed, option)[:_IN_CONTEXT],
            together=sum(together),
            was_together=span.together,
            closest=max(together, default=0.0),
            others=float(len(span.others)),
            per_letter=option.price / len(span.typed.text),
            odds=odds,
            rank=rank,
            gap=gap,
        )
        margin = weighted(self._weights, features) + self.settings.weights.context * context
        was = query[span.start : span.end]
        return Change(span.start, span.end, was, like(was, option.text), option.reason, margin, features, context)

    def _with(self, words: Sequence[int], others: Sequence[int]) -> list[float]:
        """For each of the other words, how much more often than by chance the one among `words` that does so most
        stands in one text with it."""
        attraction = self._together.attraction
        if len(words) == 1:
            return [attraction(words[0], other) for other in others]
        return [max([attraction(word, other) for word in words]) for other in others]

    def _odds(self, edge: Edge, before: int, after: int) -> float:
        words, language = edge.option.words, self.language
        beside = language.attraction(before, words[0]) + language.attraction(words[-1], after)
        return edge.option.gain + self.settings.search.context * beside


def _fits(edge: Edge, made: Edge, following: Mapping[int, Edge]) -> bool:
    """Whether a path can have `edge` in the place of `made`, and go on as it does."""
    return edge.end <= made.end or all(
        following[start].option.reason == "kept" for start in range(made.end, edge.end) if start in following
    )


def numbers(change: Change) -> tuple[float, ...]:
    """What trees are asked about: the features of a change, then its context.

    Raises:
        ValueError: it is an exception's, which has none.
    """
    if change.features is None or change.context is None:
        raise ValueError(f"{change.was} -> {change.text}: an exception has no features")
    return (*change.features, change.context)


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
