"""Which rules speak to a query, and how it is searched with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from tilth.artifacts.index import Boost, analyze
from tilth.records import Anchor, Rule
from tilth.text import fold, tokens


@dataclass(frozen=True)
class Rewritten:
    """A query as it is searched for."""

    query: str
    expansions: dict[str, list[tuple[str, float]]]
    boosts: tuple[Boost, ...]


class RuleBook:
    """Rules by their first term, to find those of a query without looking at all of them."""

    def __init__(self, rules: Sequence[Rule], *, stemmed: bool = True) -> None:
        self.rules = tuple(rules)
        self._stemmed = stemmed
        self._by_term = dict[str, list[tuple[tuple[str, ...], int, bool]]]()
        for number, rule in enumerate(self.rules):
            self._enter(rule.source, number, turned=False)
            if rule.direction == "two_way":
                self._enter(rule.target, number, turned=True)

    def _enter(self, text: str, number: int, *, turned: bool) -> None:
        if terms := tuple(analyze(text, stemmed=self._stemmed)):
            self._by_term.setdefault(terms[0], []).append((terms, number, turned))

    def applying(self, query: str) -> list[tuple[int, bool]]:
        """Numbers of the rules whose source stands in the query, its terms in a row and where its anchor wants
        them; and whether they are turned."""
        terms = analyze(query, stemmed=self._stemmed)
        found = dict[tuple[int, bool], None]()
        for at, term in enumerate(terms):
            for source, number, turned in self._by_term.get(term, ()):
                here = tuple(terms[at : at + len(source)]) == source
                if here and _anchored(self.rules[number].anchor, at, len(source), len(terms)):
                    found[number, turned] = None
        return sorted(found)

    def rewrite(self, query: str, applying: Sequence[tuple[int, bool]]) -> Rewritten:
        """The query with the rules of these numbers."""
        expansions, boosts, text = dict[str, list[tuple[str, float]]](), list[Boost](), query
        for number, turned in applying:
            rule = self.rules[number]
            source, target = (rule.target, rule.source) if turned else (rule.source, rule.target)
            if rule.kind == "synonym":
                expansions.setdefault(source, []).append((target, rule.weight))
            elif rule.kind == "expansion":
                boosts.append(Boost(target, rule.weight, rule.field))
            else:
                text = _replaced(text, source, target, rule.anchor)
        return Rewritten(text, expansions, tuple(boosts))


def _anchored(anchor: Anchor, at: int, length: int, terms: int) -> bool:
    return anchor == "anywhere" or (at + length == terms and (anchor == "end" or at == 0))


def _replaced(text: str, source: str, target: str, anchor: Anchor) -> str:
    """The words of `source` replaced where they stand as words, whatever their case and the signs between them: the
    first time, or the last where the anchor asks for the end."""
    for words, wanted in ((text.split(), source.split()), (tokens(fold(text)), tokens(fold(source)))):
        found = [
            at
            for at in range(len(words) - len(wanted) + 1)
            if [fold(word) for word in words[at : at + len(wanted)]] == [fold(word) for word in wanted]
        ]
        if wanted and found:
            at = found[0] if anchor == "anywhere" else found[-1]
            return " ".join([*words[:at], target, *words[at + len(wanted) :]])
    return text
