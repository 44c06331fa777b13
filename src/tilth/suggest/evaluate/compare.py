"""Suggesters side by side on the same held-out queries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tilth.stats import Estimate
from tilth.suggest.evaluate.measures import covered, hits, keystrokes_saved, mean_of, reciprocal_ranks
from tilth.suggest.evaluate.replay import Complete, ranks_after, typed_until

REMEMBERED = 200_000


@dataclass(frozen=True)
class Outcome:
    """How one suggester did. `covered` (n,): 1 where it has the query at all; by number of characters typed, of each
    query (n,): `reciprocal` 1 / rank among the first k, 0 where it is not there, and `hit` whether it is; `saved` (n,):
    share of its characters that need not be typed."""

    name: str
    size: int
    covered: NDArray[np.float64]
    reciprocal: Mapping[int, NDArray[np.float64]]
    hit: Mapping[int, NDArray[np.float64]]
    saved: NDArray[np.float64]

    @property
    def coverage(self) -> Estimate:
        return mean_of(self.covered)

    def mrr(self, chars: int) -> Estimate:
        return mean_of(self.reciprocal[chars])

    @property
    def typing(self) -> NDArray[np.float64]:
        """The mean of `reciprocal` over the numbers of characters typed: (n,)."""
        return np.mean([self.reciprocal[chars] for chars in self.reciprocal], axis=0)


def evaluate(
    name: str,
    complete: Complete,
    forms: Sequence[str],
    queries: Sequence[str],
    form: Callable[[str], str],
    *,
    chars: Sequence[int] = (3, 6, 10),
    k: int = 10,
) -> Outcome:
    """Replay `queries` through `complete`; `forms` are the normal forms of all that it could offer.

    A query that stands there twice is typed once, and so is a prefix that many share.
    """
    complete, form = lru_cache(REMEMBERED)(complete), lru_cache(REMEMBERED)(form)
    distinct = list(dict.fromkeys(queries))
    place = {query: row for row, query in enumerate(distinct)}
    rows = np.fromiter((place[query] for query in queries), np.int64, len(queries))
    ranks = {count: ranks_after(complete, distinct, count, form)[rows] for count in chars}
    lengths = np.array([len(query) for query in distinct], np.int64)
    return Outcome(
        name,
        len(forms),
        covered(forms, [form(query) for query in distinct])[rows],
        {count: reciprocal_ranks(found, k) for count, found in ranks.items()},
        {count: hits(found, k) for count, found in ranks.items()},
        keystrokes_saved(typed_until(complete, distinct, form, within=k), lengths)[rows],
    )
