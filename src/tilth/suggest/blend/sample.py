"""Searches of a log that led to a click: a sample of bounded size, however long the log is."""

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappush, heapreplace
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from tilth.data import SearchSource, read_searches, search_parts

MOST = 2_000
"""Searches that are looked at."""


@dataclass(frozen=True)
class Clicked:
    """What somebody searched for, and the items that they clicked."""

    query: str
    items: frozenset[str]


def sample_clicked(
    source: SearchSource,
    *,
    base: Path,
    most: int = MOST,
    seed: int = 0,
    on_rows: Callable[[int], None] | None = None,
) -> list[Clicked]:
    """At most `most` of the log's searches with a click, each as probable as any other; none where clicks are not
    logged.

    A log with a row for each item counts each row that was clicked. Rows that cannot be used are passed over: mining
    has judged them.

    Raises:
        DataError: a file cannot be used.
    """
    if source.clicked is None:
        return []
    rng, heap, seen = np.random.default_rng(seed), list[tuple[float, int, Clicked]](), 0
    for part in search_parts(source, base=base):
        for batch in read_searches(source, part, base=base):
            table = batch.table
            drawn = rng.random(len(table))
            least = heap[0][0] if len(heap) == most else 0.0
            clicked = np.asarray(pc.fill_null(pc.list_value_length(table["clicked"]), 0)) > 0
            for row in np.flatnonzero(clicked & (drawn > least)).tolist():
                one = Clicked(table["query"][row].as_py(), frozenset(table["clicked"][row].as_py()))
                entry = (float(drawn[row]), seen + row, one)
                if len(heap) < most:
                    heappush(heap, entry)
                elif entry > heap[0]:
                    heapreplace(heap, entry)
            seen += len(table)
            if on_rows is not None:
                on_rows(batch.rows)
    return [one for *_, one in sorted(heap, key=lambda entry: entry[1])]
