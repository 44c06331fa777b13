"""Queries by how often they were asked before."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

HEAD, TORSO, TAIL, UNSEEN = "head", "torso", "tail", "unseen"


def demand_slices(searches: Mapping[str, int], wanted: Sequence[str]) -> NDArray[np.str_]:
    """The slice of each wanted form: (n,).

    Forms of the log, the most searched first: those with the first third of all searches are the head, with the second
    the torso, the others the tail. What the log does not have is unseen.
    """
    order = sorted(searches, key=lambda form: (-searches[form], form))
    counts = np.array([searches[form] for form in order], dtype=np.float64)
    before = np.cumsum(counts) - counts
    third = np.minimum((3 * before // max(counts.sum(), 1)).astype(np.int64), 2)
    slice_of = {form: (HEAD, TORSO, TAIL)[number] for form, number in zip(order, third, strict=True)}
    return np.array([slice_of.get(form, UNSEEN) for form in wanted], dtype=np.str_)
