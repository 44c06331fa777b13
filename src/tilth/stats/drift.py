"""How far a distribution has moved."""

import numpy as np
from numpy.typing import ArrayLike

from tilth.errors import DataError

_FLOOR = 1e-4


def psi(expected: ArrayLike, observed: ArrayLike) -> float:
    """Population stability index of two sets of counts or shares over the same bins, both (bins,).

    sum of (o - e) * ln(o / e) over the bins' shares (Siddiqi, Credit Risk Scorecards, 2006): the symmetrised
    Kullback-Leibler divergence. By custom, below 0.1 nothing moved and above 0.25 much did. An empty bin counts as a
    share of 0.0001.

    Raises:
        DataError: lengths that differ, negative counts, or nothing counted.
    """
    e, o = np.asarray(expected, np.float64), np.asarray(observed, np.float64)
    if e.shape != o.shape or e.ndim != 1:
        raise DataError(f"PSI needs the same bins twice, not shapes {e.shape} and {o.shape}")
    if not (e.min(initial=0) >= 0 and o.min(initial=0) >= 0 and e.sum() > 0 and o.sum() > 0):
        raise DataError("PSI needs counts of 0 or more, and some that are not 0")
    e, o = np.maximum(e / e.sum(), _FLOOR), np.maximum(o / o.sum(), _FLOOR)
    return float(((o - e) * np.log(o / e)).sum())
