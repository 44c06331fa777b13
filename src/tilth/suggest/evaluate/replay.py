"""Held-out queries typed again, letter by letter: where among the suggestions was what the person wanted?"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Complete = Callable[[str], Sequence[str]]
"""From what was typed to suggestions, the best first."""


def ranks_after(
    complete: Complete, queries: Sequence[str], chars: int, form: Callable[[str], str]
) -> NDArray[np.int64]:
    """The rank of each query, from 1, once its first `chars` characters are typed; 0 where it is not offered: (n,).

    A suggestion is the query if their `form` is the same. A query of fewer characters is typed whole.
    """
    return np.array([_rank(complete(query[:chars]), form(query), form) for query in queries], dtype=np.int64)


def typed_until(
    complete: Complete, queries: Sequence[str], form: Callable[[str], str], *, within: int = 10
) -> NDArray[np.int64]:
    """How many characters are typed until the query is among the first `within` suggestions: (n,).

    The length of the query where it never is. Nothing is offered before the first character.
    """
    taken = np.empty(len(queries), dtype=np.int64)
    for row, query in enumerate(queries):
        wanted = form(query)
        taken[row] = next(
            (chars for chars in range(1, len(query) + 1) if _rank(complete(query[:chars])[:within], wanted, form)),
            len(query),
        )
    return taken


def _rank(offered: Sequence[str], wanted: str, form: Callable[[str], str]) -> int:
    return next((rank for rank, one in enumerate(offered, 1) if form(one) == wanted), 0)
