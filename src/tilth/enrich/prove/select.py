"""Which rules to keep, chosen on some queries and tried on others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tilth.enrich.prove.config import ProveConfig
from tilth.enrich.prove.replay import Replay
from tilth.records import Rule
from tilth.stats import ClusterBootstrap, folds_of

LEAST_GAIN = 1e-9
FEWEST = 5
"""Queries that a rule must speak to before they say something about it by itself."""

Mask = NDArray[np.bool_]
Variant = tuple[str, float]
"""A family of rules (or one rule, by its id), and what the weights are multiplied by."""


@dataclass(frozen=True)
class Choices:
    """Rules by number, to choose from: whole families, and single rules that speak to `FEWEST` queries or more.

    What holds for a miner's rules on average is told by far more queries than what holds for one of them. With n rules,
    rule `i` at the factor of place `f` has the number `f * n + i`. `family` names the family of each single.
    """

    families: Mapping[Variant, frozenset[int]]
    singles: Mapping[Variant, frozenset[int]]
    family: Mapping[str, str]
    config: ProveConfig

    @classmethod
    def among(cls, replay: Replay, rules: Sequence[Rule], config: ProveConfig) -> "Choices":
        count, factors = len(rules), config.factors
        families = {
            (name, factor): frozenset(place * count + i for i, rule in enumerate(rules) if rule.provenance == name)
            for name in sorted({rule.provenance for rule in rules})
            for place, factor in enumerate(factors)
        }
        telling = [i for i in range(count) if replay.touched(i).sum() >= FEWEST]
        names = {i: f"={rules[i].rule_id}" for i in telling}  # no family's name begins so
        singles = {
            (names[i], factor): frozenset([place * count + i]) for i in telling for place, factor in enumerate(factors)
        }
        return cls(families, singles, {names[i]: rules[i].provenance for i in telling}, config)


@dataclass(frozen=True)
class Chosen:
    """What was added, in the order in which it was."""

    families: tuple[Variant, ...] = ()
    singles: tuple[Variant, ...] = ()

    def rules(self, choices: Choices) -> frozenset[int]:
        return frozenset[int]().union(
            *(choices.families[one] for one in self.families), *(choices.singles[one] for one in self.singles)
        )


def scaled(rules: Sequence[Rule], factors: Sequence[float]) -> list[Rule]:
    """All rules once for each factor, numbered as in `Choices`."""
    return [replace(rule, weight=rule.weight * factor) for factor in factors for rule in rules]


def harmful(replay: Replay, rules: frozenset[int], queries: Mask) -> frozenset[int]:
    """Those that by themselves lower the gain, summed over `queries`, shape (queries,)."""
    found: set[int] = set()
    for rule in rules:
        places = np.flatnonzero(replay.touched(rule) & queries)
        if len(places):
            difference = replay.total(frozenset([rule]), places) - replay.total(frozenset(), places)
            if difference < -LEAST_GAIN:
                found.add(rule)
    return frozenset(found)


def without_burdens(replay: Replay, rules: frozenset[int], queries: Mask) -> frozenset[int]:
    """Without those that the others do better without on `queries`: looked at from the worst on, each in what is left
    of the set, so that each one that goes makes it better there."""

    def worth(rule: int, some: frozenset[int]) -> float:
        places = np.flatnonzero(replay.touched(rule) & queries)
        return replay.total(some, places) - replay.total(some - {rule}, places)

    telling = [rule for rule in sorted(rules) if (replay.touched(rule) & queries).any()]
    found = {rule: worth(rule, rules) for rule in telling}
    left = rules
    for rule in sorted((rule for rule in telling if found[rule] < -LEAST_GAIN), key=lambda one: (found[one], one)):
        if worth(rule, left) < -LEAST_GAIN:
            left = left - {rule}
    return left


def select(replay: Replay, choices: Choices, queries: Mask) -> Chosen:
    """Greedy forward selection: add the family, at one factor, that gains most in the view in which it gains less,
    until none gains in every view that the objective names. Then, in the same way, single rules of families that were
    not added, if the interval of their own gain lies above 0 on `queries`.

    The gain is that on queries of `queries` that had no say in which of the rules are left out as harmful. On those
    that had, any big family looks good: of rules that hurt as often as they help only the lucky ones would be left.
    """
    inner = _Inner(replay, choices, queries)
    families = inner.grow(list(choices.families), [])
    taken = {name for name, _ in families}
    alone = [
        one
        for one, rules in choices.singles.items()
        if choices.family[one[0]] not in taken and _helps(replay, rules, queries, choices)
    ]
    return Chosen(tuple(families), tuple(inner.grow(alone, families)))


def _helps(replay: Replay, rules: frozenset[int], queries: Mask, choices: Choices) -> bool:
    """Whether the interval of the mean gain on the queries that a rule speaks to lies above 0."""
    (rule,) = rules
    touched = replay.touched(rule) & queries
    if touched.sum() < FEWEST:
        return False
    difference = replay.gain(replay.measure(rules) - replay.measure(frozenset()))[touched]
    boot = ClusterBootstrap(np.arange(len(difference)), n_boot=500, seed=choices.config.seed)
    return boot.interval(boot.mean(difference), choices.config.confidence).low > 0


class _Inner:
    """Queries divided once more, with the rules that are harmful outside of each part."""

    def __init__(self, replay: Replay, choices: Choices, queries: Mask) -> None:
        self._replay, self._sets = replay, {**choices.families, **choices.singles}
        places, folds = np.flatnonzero(queries), choices.config.folds
        part = np.full(len(queries), -1)
        part[places] = folds_of(places, min(folds, len(places)), seed=choices.config.seed)
        self._parts = [part == number for number in range(folds)]
        everything = frozenset[int]().union(*choices.families.values())
        self._harmful = [harmful(replay, everything, queries & ~here) for here in self._parts]

    def grow(self, candidates: Sequence[Variant], chosen: Sequence[Variant]) -> list[Variant]:
        """Those of `candidates` that are added to what is `chosen`; of each name one at most."""
        added, start = list[Variant](), self.views([])
        best = float((self.views(chosen) - start).min()) if chosen else 0.0
        while left := [one for one in candidates if one[0] not in {name for name, _ in added}]:
            tried = {one: float((self.views([*chosen, *added, one]) - start).min()) for one in left}
            one = max(tried, key=lambda each: (tried[each], each))
            if tried[one] <= best + LEAST_GAIN:
                break
            added.append(one)
            best = tried[one]
        return added

    def views(self, chosen: Sequence[Variant]) -> NDArray[np.float64]:
        """Mean nDCG in the views that the objective names, on queries that had no say: shape (views,)."""
        rules = frozenset[int]().union(*(self._sets[one] for one in chosen))
        rows = [self._replay.measure(rules - harm)[here] for here, harm in zip(self._parts, self._harmful, strict=True)]
        return self._replay.views(np.concatenate(rows)).mean(axis=0)


def rules_in(replay: Replay, choices: Choices, chosen: Chosen, queries: Mask) -> frozenset[int]:
    """The chosen rules without those that are harmful on `queries`, by themselves or beside the others."""
    rules = chosen.rules(choices)
    return without_burdens(replay, rules - harmful(replay, rules, queries), queries)


@dataclass(frozen=True)
class HeldOut:
    """Measures of every query with the rules that were selected on the other folds, (queries, measures): by the grades
    that count, and by those of others where there are some (see `Judged`)."""

    values: NDArray[np.float64]
    by_others: NDArray[np.float64]


def held_out(replay: Replay, choices: Choices, folds: NDArray[np.int64]) -> HeldOut:
    """Select on all folds but one, and measure that one; for each fold."""
    nothing = frozenset[int]()
    values, by_others = replay.measure(nothing).copy(), replay.measure_by_others(nothing).copy()
    for fold in np.unique(folds):
        inside = folds != fold
        rules = rules_in(replay, choices, select(replay, choices, inside), inside)
        values[~inside] = replay.measure(rules)[~inside]
        by_others[~inside] = replay.measure_by_others(rules)[~inside]
    return HeldOut(values, by_others)
