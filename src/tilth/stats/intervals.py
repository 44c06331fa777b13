"""Intervals of a proportion, and the two records in which every interval travels."""

from dataclasses import dataclass
from math import isnan, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, ndtri

from tilth.errors import DataError
from tilth.stats._checks import level


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`; both NaN where no interval can be given."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low

    def contains(self, value: float) -> bool:
        """Whether `value` lies inside, ends included; never for an interval of NaN."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; NaN where undefined."""

    value: float
    low: float
    high: float

    @property
    def interval(self) -> Interval:
        return Interval(self.low, self.high)

    def to_json(self) -> dict[str, float | None]:
        """The three numbers, null where undefined."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        return {name: None if isnan(number) else number for name, number in numbers.items()}


def clopper_pearson(k: float, n: float, confidence: float = 0.95) -> Interval:
    """Exact two-sided interval of a proportion, `k` hits in `n` trials (Clopper and Pearson 1934, in its beta form).

    Counts need not be whole, so that an effective sample size can be used. Without trials it is 0 to 1.

    Raises:
        DataError: unless 0 <= k <= n and 0 < confidence < 1.
    """
    one_sided = 1 - (1 - level(confidence, "confidence")) / 2
    low = clopper_pearson_lower(k, n, one_sided)
    return Interval(float(low), float(1 - clopper_pearson_lower(n - k, n, one_sided)))


def clopper_pearson_lower(k: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> NDArray[np.float64]:
    """One-sided exact lower bound: the proportion exceeds it with `confidence`. Shapes broadcast.

    It is the (1 - confidence) quantile of Beta(k, n - k + 1), and 0 where k is 0.

    Raises:
        DataError: unless 0 <= k <= n and 0 < confidence < 1.
    """
    hits, trials = np.broadcast_arrays(np.asarray(k, np.float64), np.asarray(n, np.float64))
    if not ((hits >= 0) & (hits <= trials)).all():
        raise DataError("an interval needs 0 <= k <= n")
    some = hits > 0
    bound = betaincinv(np.where(some, hits, 1.0), trials - hits + 1, 1 - level(confidence, "confidence"))
    return np.asarray(np.where(some, bound, 0.0))


def wilson(k: float, n: float, confidence: float = 0.95) -> Interval:
    """Score interval of a proportion (Wilson 1927): nearer its nominal level than Clopper-Pearson, without a guarantee.

    Without trials it is 0 to 1.

    Raises:
        DataError: unless 0 <= k <= n and 0 < confidence < 1.
    """
    if not 0 <= k <= n:
        raise DataError("an interval needs 0 <= k <= n")
    z = float(ndtri(1 - (1 - level(confidence, "confidence")) / 2))
    if n == 0:
        return Interval(0.0, 1.0)
    rate, spread = k / n, z * z / n
    centre = (rate + spread / 2) / (1 + spread)
    half = sqrt(rate * (1 - rate) * spread + spread * spread / 4) / (1 + spread)
    # At the ends the formula equals 0 or 1 exactly; rounding must not push it past them.
    return Interval(0.0 if k == 0 else max(centre - half, 0.0), 1.0 if k == n else min(centre + half, 1.0))
