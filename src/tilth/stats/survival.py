"""Time until something happens, where for some it has not happened yet."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tilth.errors import DataError


@dataclass(frozen=True)
class Survival:
    """`share[i]` is the estimated share for whom it has not happened by `times[i]`, that time included."""

    times: NDArray[np.float64]
    share: NDArray[np.float64]

    def quantile(self, share: float) -> float:
        """The first time by which it has happened for at least `share` of all; NaN where it never has for so many."""
        reached = np.flatnonzero(self.share <= 1 - share + 1e-12)
        return float(self.times[reached[0]]) if len(reached) else float("nan")

    @property
    def median(self) -> float:
        return self.quantile(0.5)


def kaplan_meier(durations: ArrayLike, happened: ArrayLike) -> Survival:
    """Product-limit estimate (Kaplan and Meier 1958): the product of 1 - d / n over the times at which it happened.

    Args:
        durations: time until it happened, or for so long it was watched for and did not happen, shape (n,).
        happened: which of the two, shape (n,). At equal times those to whom it happened come first.

    Raises:
        DataError: the shapes differ, or a duration is negative or NaN.
    """
    times, events = np.asarray(durations, np.float64), np.asarray(happened, np.bool_)
    if times.ndim != 1 or times.shape != events.shape or (len(times) and not times.min() >= 0):
        raise DataError("durations must be a vector of numbers of at least 0, each with whether it happened then")
    at, place = np.unique(times, return_inverse=True)
    leaving = np.bincount(place, minlength=len(at))
    hits = np.bincount(place[events], minlength=len(at))
    at_risk = len(times) - (np.cumsum(leaving) - leaving)
    some = hits > 0
    return Survival(at[some], np.asarray(np.cumprod(1 - hits[some] / at_risk[some]), np.float64))
