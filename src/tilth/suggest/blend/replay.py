"""What is on offer while the clicked searches of a log are typed, and what of it was wanted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.index import SearchIndex
from tilth.artifacts.suggester import Suggester
from tilth.artifacts.usefulness import COMPLETIONS, instant_hits, suggestion_shares
from tilth.suggest.blend.sample import Clicked
from tilth.suggest.candidates import normal_form

OFFERED, ITEMS = 10, 5
"""Lines of each kind that are looked at."""
PREFIXES = 3
"""Prefixes of each search."""
SHORTEST = 2


@dataclass(frozen=True)
class Replayed:
    """One prefix of search number `row`. `offered` (n,) and `items` (m,) are shares of weight; `meant` (n,) and
    `clicked` (m,) say which line is what was searched for, or clicked. `guessed`: the items answer the first
    suggestion."""

    row: int
    offered: NDArray[np.float64]
    meant: NDArray[np.bool_]
    items: NDArray[np.float64]
    clicked: NDArray[np.bool_]
    guessed: bool


def replay(
    searches: Sequence[Clicked],
    suggester: Suggester,
    index: SearchIndex,
    *,
    seed: int = 0,
    on_done: Callable[[int], None] | None = None,
) -> list[Replayed]:
    """Type the beginnings of each search, PREFIXES of them drawn by chance, as a server would be asked."""
    rng, found = np.random.default_rng(seed), list[Replayed]()
    for row, search in enumerate(searches):
        lengths = np.arange(SHORTEST, len(search.query) + 1)
        drawn = rng.choice(lengths, min(PREFIXES, len(lengths)), replace=False) if len(lengths) else lengths
        wanted = normal_form(search.query)
        found += [_typed(row, search, wanted, search.query[:length], suggester, index) for length in sorted(drawn)]
        if on_done is not None:
            on_done(1)
    return found


def _typed(row: int, search: Clicked, wanted: str, typed: str, suggester: Suggester, index: SearchIndex) -> Replayed:
    completions = suggester.complete(typed, COMPLETIONS)
    offered = completions[:OFFERED]
    shares = suggestion_shares(
        [one.score for one in offered], [one.score for one in completions], offered[0].edits if offered else 0
    )
    answered = instant_hits(index, typed, offered[0].query if offered else None)
    items = answered.shares(answered.hits.scores[:ITEMS].tolist()) if answered is not None else []
    ids = answered.hits.ids[:ITEMS] if answered is not None else ()
    return Replayed(
        row,
        np.array(shares, np.float64),
        np.array([normal_form(one.query) == wanted for one in offered], np.bool_),
        np.array(items, np.float64),
        np.array([one in search.items for one in ids], np.bool_),
        answered is not None and answered.guessed,
    )
