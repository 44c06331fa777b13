"""Suggesters side by side on the same held-out queries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.stats import Estimate
from tilth.suggest.evaluate.measures import covered, mean_of, reciprocal_ranks
from tilth.suggest.evaluate.replay import Complete, ranks_after


@dataclass(frozen=True)
class Outcome:
    """How one suggester did. `covered` (n,): 1 where it has the query at all; `reciprocal`: by number of characters
    typed, 1 / rank of each query among the first k (n,), 0 where it is not there."""

    name: str
    size: int
    covered: NDArray[np.float64]
    reciprocal: Mapping[int, NDArray[np.float64]]

    @property
    def coverage(self) -> Estimate:
        return mean_of(self.covered)

    def mrr(self, chars: int) -> Estimate:
        return mean_of(self.reciprocal[chars])


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
    """Replay `queries` through `complete`; `forms` are the normal forms of all that it could offer."""
    found = covered(forms, [form(query) for query in queries])
    ranks = {count: reciprocal_ranks(ranks_after(complete, queries, count, form), k) for count in chars}
    return Outcome(name, len(forms), found, ranks)
