"""From words to a tantivy query, term by term: a text is data here, and never query syntax."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tilth.artifacts.index.analysis import analyze
from tilth.artifacts.index.config import IndexConfig

MAX_CHARS = 1_000
MAX_TERMS = 32
MAX_ALTERNATIVES = 16

Expansions = Mapping[str, Sequence[tuple[str, float]]]
"""By term of the query: texts that may stand for it, each with its weight against the term's own 1."""


@dataclass(frozen=True)
class Boost:
    """Words that add `weight` times their score to what was found, and bring nothing by themselves; in `field` only,
    if one is named."""

    text: str
    weight: float
    field: str | None = None


@dataclass(frozen=True)
class Wanted:
    """One term of a query and what may stand for it: each alternative is terms in a row, and a weight."""

    term: str
    alternatives: tuple[tuple[tuple[str, ...], float], ...] = ()


def wanted_of(query: str, config: IndexConfig, expansions: Expansions | None = None) -> list[Wanted]:
    """The distinct terms of a query, at most MAX_TERMS of its first MAX_CHARS characters.

    An expansion's key may be several terms long; it then stands beside its first term.
    """
    terms = list(dict.fromkeys(analyze(query[:MAX_CHARS], stemmed=config.stem)))[:MAX_TERMS]
    alternatives = dict[str, list[tuple[tuple[str, ...], float]]]()
    for source, targets in (expansions or {}).items():
        key = analyze(source, stemmed=config.stem)
        if not key or not set(key) <= set(terms):
            continue
        for target, weight in list(targets)[:MAX_ALTERNATIVES]:
            if words := tuple(analyze(target, stemmed=config.stem)):
                alternatives.setdefault(key[0], []).append((words, weight))
    return [Wanted(term, tuple(alternatives.get(term, ()))) for term in terms]


class Composer:
    """Makes queries for one schema."""

    def __init__(self, schema: Any, config: IndexConfig) -> None:
        import tantivy

        self._schema, self._config, self._weights = schema, config, config.weights()
        self._query, self._occur = tantivy.Query, tantivy.Occur

    def compose(self, wanted: Sequence[Wanted], *, at_least: int | None = None, boosts: Sequence[Boost] = ()) -> Any:
        """Documents with at least `at_least` of the terms (1 by default), the sum of their terms' scores as score."""
        clauses = [(self._occur.Should, self._alternatives(one)) for one in wanted]
        found = self._query.boolean_query(clauses, minimum_number_should_match=at_least or 1)
        lifts = [lift for boost in boosts if (lift := self._lift(boost))]
        if not lifts:
            return found
        return self._query.boolean_query([(self._occur.Must, found), *((self._occur.Should, lift) for lift in lifts)])

    def name(self, field: str, value: str) -> Any:
        """Documents of which a field is exactly this."""
        return self._query.term_query(self._schema, field, value)

    def _lift(self, boost: Boost) -> Any:
        words = tuple(analyze(boost.text, stemmed=self._config.stem))
        if not words or (boost.field is not None and boost.field not in self._weights):
            return None
        return self._query.boost_query(self._row(words, boost.field), float(boost.weight))

    def _alternatives(self, wanted: Wanted) -> Any:
        own = self._term(wanted.term)
        if not wanted.alternatives:
            return own
        others = [self._query.boost_query(self._row(words), float(weight)) for words, weight in wanted.alternatives]
        return self._query.disjunction_max_query([own, *others])

    def _row(self, words: tuple[str, ...], field: str | None = None) -> Any:
        if len(words) == 1:
            return self._term(words[0], field)
        clauses = [(self._occur.Must, self._term(word, field)) for word in words]
        # All of them together stand for one term.
        return self._query.boost_query(self._query.boolean_query(clauses), 1 / len(words))

    def _term(self, term: str, field: str | None = None) -> Any:
        """A term in the best of the fields, the others adding a little (BM25 each; Robertson and Zaragoza 2009)."""
        parts = [
            self._query.boost_query(self._query.term_query(self._schema, name, term, "freq"), float(weight))
            for name, weight in self._weights.items()
            if field is None or name == field
        ]
        return parts[0] if len(parts) == 1 else self._query.disjunction_max_query(parts, float(self._config.tie))
