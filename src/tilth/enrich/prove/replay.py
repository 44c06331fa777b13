"""Judged queries searched again, with and without rules."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.index import SearchIndex
from tilth.enrich.prove.applying import RuleBook
from tilth.enrich.prove.config import ProveConfig
from tilth.enrich.prove.judged import Judged
from tilth.records import Rule
from tilth.stats import judged_share, ndcg, recall_at

MEASURES = ("ndcg", "ndcg_condensed", "recall", "zero_results", "judged")
"""nDCG with unjudged results as worthless and without them, recall, whether nothing was found, and the share of the
first results that was judged."""


class Replay:
    """Searches each query once for every set of rules that speaks to it."""

    def __init__(self, index: SearchIndex, judged: Judged, rules: Sequence[Rule], config: ProveConfig) -> None:
        self._index, self.judged, self._config = index, judged, config
        self._book = RuleBook(rules, stemmed=index.config.stem)
        self.applying = [self._book.applying(query) for query in judged.queries]
        """Rules that speak to each query."""
        self._touched = dict[int, list[int]]()
        for place, some in enumerate(self.applying):
            for number in dict.fromkeys(number for number, _ in some):
                self._touched.setdefault(number, []).append(place)
        self._known = dict[tuple[int, tuple[tuple[int, bool], ...]], NDArray[np.float64]]()

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self._book.rules

    def touched(self, rule: int) -> NDArray[np.bool_]:
        """The queries that a rule speaks to, shape (queries,)."""
        found = np.zeros(len(self.judged), dtype=bool)
        found[self._touched.get(rule, [])] = True
        return found

    def measure(self, rules: frozenset[int]) -> NDArray[np.float64]:
        """`MEASURES` of every query with these rules: shape (queries, measures)."""
        return np.stack([self._query(place, rules)[0] for place in range(len(self.judged))])

    def measure_by_others(self, rules: frozenset[int]) -> NDArray[np.float64]:
        """The same by the grades of those who are no people, where people judged too."""
        return np.stack([self._query(place, rules)[1] for place in range(len(self.judged))])

    def total(self, rules: frozenset[int], places: NDArray[np.int64]) -> float:
        """What the objective says of these queries (places), summed."""
        return float(self.gain(np.stack([self._query(place, rules)[0] for place in places.tolist()])).sum())

    def views(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The columns of measures (..., measures) that the objective names: (..., 1 or 2)."""
        return values[..., {"both": slice(0, 2), "zero": slice(0, 1), "condensed": slice(1, 2)}[self._config.objective]]

    def gain(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the objective says of measures (..., measures): (...,)."""
        return self.views(values).mean(axis=-1)

    def _query(self, place: int, rules: frozenset[int]) -> NDArray[np.float64]:
        """Shape (2, measures): by the grades that count, and by those of others."""
        applying = tuple(one for one in self.applying[place] if one[0] in rules)
        known = self._known.get((place, applying))
        if known is None:
            known = self._known[place, applying] = self._search(place, applying)
        return known

    def _search(self, place: int, applying: tuple[tuple[int, bool], ...]) -> NDArray[np.float64]:
        rewritten = self._book.rewrite(self.judged.queries[place], applying)
        hits = self._index.search(
            rewritten.query, self._config.depth, expansions=rewritten.expansions, boosts=rewritten.boosts
        )
        counted = self._measured(hits.ids, self.judged.grades[place])
        others = self.judged.others.get(place)
        return np.stack([counted, counted if others is None else self._measured(hits.ids, others)])

    def _measured(self, found: Sequence[str], grades: Mapping[str, float]) -> NDArray[np.float64]:
        config = self._config
        ranked, given = np.array([grades.get(item, np.nan) for item in found]), list(grades.values())
        return np.array(
            [
                ndcg(ranked, given, config.k),
                ndcg(ranked, given, config.k, unjudged="condensed"),
                recall_at(ranked, given, config.recall_k, relevant_from=config.relevant_from),
                float(len(found) == 0),
                judged_share(ranked, config.k) if len(found) else 1.0,
            ]
        )
