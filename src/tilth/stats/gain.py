"""How well a ranking serves those who look at its first places."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tilth.errors import DataError

Unjudged = Literal["zero", "condensed"]
"""What to do with results that nobody judged: `zero` takes them as worthless, `condensed` leaves them out and lets the
judged ones move up (Sakai 2007). The first punishes a method that finds new things, the second flatters it; between
the two lies the truth."""


def dcg(grades: ArrayLike, k: int = 10) -> float:
    """Discounted cumulative gain of grades in order of rank, (n,): the sum over the first `k` of
    (2^grade - 1) / log2(rank + 1) (Burges et al. 2005)."""
    first = np.asarray(grades, np.float64)[:k]
    return float(np.sum((np.exp2(first) - 1) / np.log2(np.arange(2, len(first) + 2))))


def ndcg(ranked: ArrayLike, judged: ArrayLike, k: int = 10, *, unjudged: Unjudged = "zero") -> float:
    """DCG over that of the best order there is (Jaervelin and Kekaelaeinen 2002, gains as in `dcg`).

    `ranked` (n,): the grades of the results in order of rank, NaN where nobody judged. `judged` (m,): all grades that
    were given for the query, whether retrieved or not. NaN where none is above 0.

    Raises:
        DataError: `k` is below 1, or a grade is negative.
    """
    best = dcg(np.sort(_grades(judged, k))[::-1], k)
    return dcg(_seen(ranked, k, unjudged), k) / best if best else float("nan")


def recall_at(
    ranked: ArrayLike, judged: ArrayLike, k: int = 100, *, relevant_from: float = 1, unjudged: Unjudged = "zero"
) -> float:
    """Share of the relevant (grade `relevant_from` or more) that are among the first `k`; NaN where none is relevant.

    Arguments as in `ndcg`.
    """
    relevant = np.count_nonzero(_grades(judged, k) >= relevant_from)
    found = np.count_nonzero(_seen(ranked, k, unjudged)[:k] >= relevant_from)
    return found / relevant if relevant else float("nan")


def judged_share(ranked: ArrayLike, k: int = 10) -> float:
    """Share of the first `k` results that somebody judged; NaN where there are none."""
    first = np.asarray(ranked, np.float64)[:k]
    return float(np.mean(~np.isnan(first))) if len(first) else float("nan")


def _seen(ranked: ArrayLike, k: int, unjudged: Unjudged) -> NDArray[np.float64]:
    values = np.asarray(ranked, np.float64)
    known = values[~np.isnan(values)]
    _grades(known, k)
    return known if unjudged == "condensed" else np.nan_to_num(values, nan=0.0)


def _grades(grades: ArrayLike, k: int) -> NDArray[np.float64]:
    values = np.asarray(grades, np.float64)
    if k < 1:
        raise DataError(f"k must be at least 1, not {k}")
    if np.any(~(values >= 0)):
        raise DataError("grades must be 0 or more")
    return values
