"""Which rules to keep, chosen on some queries and tried on others."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tilth.enrich.prove.replay import Replay

LEAST_GAIN = 1e-9

Mask = NDArray[np.bool_]


def families_of(provenances: Sequence[str]) -> dict[str, frozenset[int]]:
    """Rules by where they come from: what holds for a miner's rules on average is told by far more queries than what
    holds for one of them."""
    names = sorted(set(provenances))
    return {name: frozenset(i for i, one in enumerate(provenances) if one == name) for name in names}


def harmful(replay: Replay, rules: frozenset[int], queries: Mask) -> frozenset[int]:
    """Those that by themselves lower the gain, summed over `queries`, shape (queries,)."""
    plain = replay.gain(replay.measure(frozenset()))
    found: set[int] = set()
    for rule in rules:
        if (replay.touched(rule) & queries).any():
            difference = replay.gain(replay.measure(frozenset([rule]))) - plain
            if difference[queries].sum() < -LEAST_GAIN:
                found.add(rule)
    return frozenset(found)


def select(replay: Replay, families: dict[str, frozenset[int]], queries: Mask) -> tuple[str, ...]:
    """Greedy forward selection: add the family, without its harmful rules, that raises the mean gain over `queries`
    most, until none does. The set never does worse on `queries` than no rules at all."""
    clean = {name: rules - harmful(replay, rules, queries) for name, rules in families.items()}
    chosen, best = list[str](), float(replay.gain(replay.measure(frozenset()))[queries].mean())
    while left := [name for name in clean if name not in chosen]:
        tried = {name: _mean(replay, clean, [*chosen, name], queries) for name in left}
        name = max(tried, key=lambda one: (tried[one], one))
        if tried[name] <= best + LEAST_GAIN:
            break
        chosen.append(name)
        best = tried[name]
    return tuple(chosen)


def rules_in(
    replay: Replay, families: dict[str, frozenset[int]], chosen: Sequence[str], queries: Mask
) -> frozenset[int]:
    """The rules of the chosen families without those that are harmful on `queries`."""
    rules = frozenset[int]().union(*(families[name] for name in chosen))
    return rules - harmful(replay, rules, queries)


def held_out(replay: Replay, families: dict[str, frozenset[int]], folds: NDArray[np.int64]) -> NDArray[np.float64]:
    """Measures of every query with the rules that were selected on the other folds: shape (queries, measures)."""
    values = replay.measure(frozenset()).copy()
    for fold in np.unique(folds):
        inside = folds != fold
        chosen = select(replay, families, inside)
        rules = rules_in(replay, families, chosen, inside)
        values[~inside] = replay.measure(rules)[~inside]
    return values


def _mean(replay: Replay, clean: dict[str, frozenset[int]], names: Sequence[str], queries: Mask) -> float:
    rules = frozenset[int]().union(*(clean[name] for name in names))
    return float(replay.gain(replay.measure(rules))[queries].mean())
