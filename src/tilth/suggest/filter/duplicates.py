"""Suggestions that say the same: in the same words, or with the same results."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.index import analyze
from tilth.suggest.filter import reasons
from tilth.suggest.words import content

COMPARED = 50
"""Queries with the same best result that each further one is compared with."""


def same_words(normals: Sequence[str], queries: Sequence[str]) -> list[str | None]:
    """For queries in order of merit: the reason for each that has the words of an earlier one with other endings, or
    with other little words between them."""
    seen = dict[tuple[str, ...], str]()
    faults: list[str | None] = []
    for normal, query in zip(normals, queries, strict=True):
        key = tuple(sorted(set(content(analyze(normal)))))
        earlier = seen.setdefault(key, query)
        faults.append(None if earlier is query else f"{reasons.SAME_WORDS}: {earlier}")
    return faults


def same_results(
    normals: Sequence[str], queries: Sequence[str], tops: Sequence[NDArray[np.int64]], least: float
) -> list[str | None]:
    """For queries in order of merit: the reason for each that shares a word with an earlier one, and with it at least
    `least` of their results together (the Jaccard index). `tops`: rows of each query's best results."""
    by_best = dict[int, list[tuple[set[str], set[int], str]]]()
    faults: list[str | None] = []
    for normal, query, top in zip(normals, queries, tops, strict=True):
        words, rows = set(content(analyze(normal))), set(top.tolist())
        # Two results or fewer say nothing: any two names of one thing have them in common.
        if len(rows) < 3:
            faults.append(None)
            continue
        earlier = by_best.setdefault(int(top[0]), [])
        twin = next((q for w, r, q in earlier if w & words and len(r & rows) >= least * len(r | rows)), None)
        faults.append(None if twin is None else f"{reasons.SAME_RESULTS}: {twin}")
        if twin is None and len(earlier) < COMPARED:
            earlier.append((words, rows, query))
    return faults
