"""Which kinds of events play which role."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tilth.audit.config import KindsConfig

OTHER_KINDS = "(other)"
MOST_KINDS = 126
"""Kinds that are told apart: with `OTHER_KINDS`, as many as an int8 can number."""
MOST_LOCAL = 1000
"""Kinds that one piece of work tells apart before all are known."""


def configured(kinds: KindsConfig) -> frozenset[str]:
    """The kinds that have a role."""
    return frozenset((*kinds.exposure, *kinds.positive, *kinds.negative, *kinds.opinion, *kinds.rating))


def global_kinds(events: Mapping[str, int], kinds: KindsConfig) -> tuple[str, ...]:
    """The kinds that are told apart, by name: those with a role first of all, then the most frequent ones."""
    known = configured(kinds)
    named = events.keys() - {OTHER_KINDS}
    ranked = sorted(named, key=lambda name: (name not in known, -events[name], name))
    kept = sorted(ranked[:MOST_KINDS])
    return (*kept, OTHER_KINDS) if len(named) > MOST_KINDS or OTHER_KINDS in events else tuple(kept)


def recode(local: tuple[str, ...], known: tuple[str, ...]) -> NDArray[np.int8]:
    """Index into `known` of each local kind."""
    place = {name: at for at, name in enumerate(known)}
    return np.array([place[name] if name in place else place[OTHER_KINDS] for name in local], np.int8)


def flags(kinds: tuple[str, ...], wanted: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which of `kinds` are wanted."""
    return np.array([kind in wanted for kind in kinds], np.bool_)
