"""Intervals by the delete-a-group jackknife.

Units (users) are dealt at random into G groups. A number is worked out from all units, and G times without one group
in turn: its *replicates*. Their spread gives a variance for any smooth function of the data, however the units' events
are entangled (Kott 2001, "The delete-a-group jackknife", Journal of Official Statistics 17). For a median it holds when
a group has many more units than the square root of all (Shao and Wu 1989).
"""

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from tilth.errors import DataError
from tilth.stats._checks import level
from tilth.stats.intervals import Estimate


def jackknife_variance(replicates: ArrayLike) -> float:
    """(G - 1) / G times the sum of squared differences of the G replicates from their mean, shape (G,).

    NaN where there are fewer than two, or one is undefined.

    Raises:
        DataError: they are no vector.
    """
    array = _vector(replicates)
    if len(array) < 2 or not np.isfinite(array).all():
        return float("nan")
    return float(((array - array.mean()) ** 2).sum() * (len(array) - 1) / len(array))


def jackknife_interval(value: float, replicates: ArrayLike, confidence: float = 0.95) -> Estimate:
    """`value` plus and minus Student's t with G - 1 degrees of freedom times the jackknife's standard error.

    Ends are NaN where the variance is. They are not cut off at the ends of a measure's range.

    Raises:
        DataError: the replicates are no vector, or confidence does not lie between 0 and 1.
    """
    array = _vector(replicates)
    tail = (1 - level(confidence, "confidence")) / 2
    variance = jackknife_variance(array)
    if not np.isfinite(variance):
        return Estimate(value, float("nan"), float("nan"))
    half = float(-stdtrit(len(array) - 1, tail)) * sqrt(variance)
    return Estimate(value, value - half, value + half)


def jackknife_difference(
    value: float, replicates: ArrayLike, other: float, other_replicates: ArrayLike, confidence: float = 0.95
) -> Estimate:
    """`value - other` with its interval, where both were measured on the same groups: what sways both cancels out.

    Raises:
        DataError: as `jackknife_interval`, or the numbers of replicates differ.
    """
    ours, theirs = _vector(replicates), _vector(other_replicates)
    if ours.shape != theirs.shape:
        raise DataError(f"a paired difference needs the same groups, got {len(ours)} and {len(theirs)} replicates")
    return jackknife_interval(value - other, ours - theirs, confidence)


def _vector(replicates: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(replicates, np.float64)
    if array.ndim != 1:
        raise DataError(f"replicates must be a vector, they have shape {array.shape}")
    return array
