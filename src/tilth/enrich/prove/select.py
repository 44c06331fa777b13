"""Which rules to keep, chosen on some queries and tried on others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tilth.enrich.prove.replay import Replay
from tilth.records import Rule
from tilth.stats import folds_of

LEAST_GAIN = 1e-9

Mask = NDArray[np.bool_]
Variant = tuple[str, float]
"""A family of rules, and what their weights are multiplied by."""


def families_of(provenances: Sequence[str], factors: Sequence[float] = (1.0,)) -> dict[Variant, frozenset[int]]:
    """Rules by where they come from: what holds for a miner's rules on average is told by far more queries than what
    holds for one of them. With n rules, rule `i` at the factor of place `f` has the number `f * n + i`."""
    names, count = sorted(set(provenances)), len(provenances)
    return {
        (name, factor): frozenset(place * count + i for i, one in enumerate(provenances) if one == name)
        for name in names
        for place, factor in enumerate(factors)
    }


def scaled(rules: Sequence[Rule], factors: Sequence[float]) -> list[Rule]:
    """All rules once for each factor, numbered as in `families_of`."""
    return [replace(rule, weight=rule.weight * factor) for factor in factors for rule in rules]


def harmful(replay: Replay, rules: frozenset[int], queries: Mask) -> frozenset[int]:
    """Those that by themselves lower the gain, summed over `queries`, shape (queries,)."""
    plain = replay.gain(replay.measure(frozenset()))
    found: set[int] = set()
    for rule in rules:
        touched = replay.touched(rule) & queries
        if touched.any():
            difference = replay.gain(replay.measure(frozenset([rule]))) - plain
            if difference[touched].sum() < -LEAST_GAIN:
                found.add(rule)
    return frozenset(found)


def select(
    replay: Replay, families: Mapping[Variant, frozenset[int]], queries: Mask, *, folds: int, seed: int
) -> tuple[Variant, ...]:
    """Greedy forward selection: add the family, at one factor, that gains most in the view in which it gains less,
    until none gains in every view that the objective names.

    The gain is that on queries of `queries` that had no say in which of the rules are left out as harmful. On those
    that had, any big family looks good: of rules that hurt as often as they help only the lucky ones would be left.
    """
    inner = _Inner(replay, families, queries, folds, seed)
    chosen, best, start = list[Variant](), 0.0, inner.views([])
    while left := [one for one in families if one[0] not in {name for name, _ in chosen}]:
        tried = {one: float((inner.views([*chosen, one]) - start).min()) for one in left}
        one = max(tried, key=lambda each: (tried[each], each))
        if tried[one] <= best + LEAST_GAIN:
            break
        chosen.append(one)
        best = tried[one]
    return tuple(chosen)


class _Inner:
    """Queries divided once more, with the rules that are harmful outside of each part."""

    def __init__(
        self, replay: Replay, families: Mapping[Variant, frozenset[int]], queries: Mask, folds: int, seed: int
    ) -> None:
        self._replay = replay
        places = np.flatnonzero(queries)
        part = np.full(len(queries), -1)
        part[places] = folds_of(places, min(folds, len(places)), seed=seed)
        self._parts = [part == number for number in range(folds)]
        self._clean = [
            {one: rules - harmful(replay, rules, queries & ~here) for one, rules in families.items()}
            for here in self._parts
        ]

    def views(self, chosen: Sequence[Variant]) -> NDArray[np.float64]:
        """Mean nDCG in the views that the objective names, on queries that had no say: shape (views,)."""
        rows: list[NDArray[np.float64]] = []
        for here, clean in zip(self._parts, self._clean, strict=True):
            rules = frozenset[int]().union(*(clean[one] for one in chosen))
            rows.append(self._replay.measure(rules)[here])
        return self._replay.views(np.concatenate(rows)).mean(axis=0)


def rules_in(
    replay: Replay, families: Mapping[Variant, frozenset[int]], chosen: Sequence[Variant], queries: Mask
) -> frozenset[int]:
    """The rules of the chosen families without those that are harmful on `queries`."""
    rules = frozenset[int]().union(*(families[one] for one in chosen))
    return rules - harmful(replay, rules, queries)


def held_out(
    replay: Replay, families: Mapping[Variant, frozenset[int]], folds: NDArray[np.int64], *, seed: int
) -> NDArray[np.float64]:
    """Measures of every query with the rules that were selected on the other folds: shape (queries, measures)."""
    values = replay.measure(frozenset()).copy()
    count = len(np.unique(folds))
    for fold in np.unique(folds):
        inside = folds != fold
        chosen = select(replay, families, inside, folds=count, seed=seed)
        rules = rules_in(replay, families, chosen, inside)
        values[~inside] = replay.measure(rules)[~inside]
    return values
