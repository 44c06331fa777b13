"""Tables of time windows."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.interactions.bucket import NO_TIME
from tilth.audit.interactions.collected import Collected
from tilth.audit.interactions.newness import Births, Watch
from tilth.audit.interactions.surveyed import Surveyed
from tilth.audit.interactions.tabulate import numbers, table_of, times
from tilth.audit.interactions.windows import windows_of
from tilth.stats import gini, head_share
from tilth.stats._checks import ratio


def windows_table(
    edges: NDArray[np.int64], births: Births, surveyed: Surveyed, collected: Collected, head: float
) -> pa.Table:
    """`windows`. An item without `created_at` is taken to have been there from the start; it is new where it is first
    seen after the run-in."""
    count = max(len(edges) - 1, 0)
    there_from = np.where(births.dated, births.at, np.iinfo(np.int64).min)
    there, warm, distinct, heads, ginis = (np.full(count, np.nan) for _ in range(5))
    for window, end in enumerate(edges[1:].tolist()):
        exists = there_from < end
        there[window] = exists.sum()
        warm[window] = (exists & (surveyed.first != NO_TIME) & (surveyed.first < end)).sum()
        if collected.window_items is not None:
            counts = collected.window_items[window][exists]
            distinct[window], heads[window], ginis[window] = (counts > 0).sum(), head_share(counts, head), gini(counts)
    born = windows_of(births.at[births.new], edges)
    return table_of(
        "windows",
        start=times(edges[:-1]),
        end=times(edges[1:]),
        events=collected.window_events,
        users=collected.window_users,
        items=numbers(distinct).cast(pa.int64()),
        new_items=np.bincount(born[born >= 0], minlength=count),
        cold_share=numbers(1 - ratio(warm, there)),
        head_share=numbers(heads),
        gini=numbers(ginis),
        partial=(edges[:-1] < surveyed.start) | (edges[1:] > surveyed.end + 1),
    )


def newness_table(edges: NDArray[np.int64], births: Births, watch: Watch) -> pa.Table:
    """`newness`: a row for each window."""
    waits = watch.waits()
    window = windows_of(births.at[waits.item], edges)
    count = max(len(edges) - 1, 0)
    medians = [waits.medians(window == place) for place in range(count)]
    born, some, reached = (
        np.bincount(window[(window >= 0) & chosen], minlength=count)
        for chosen in (np.ones(len(window), np.bool_), waits.any, waits.reached)
    )
    return table_of(
        "newness",
        start=times(edges[:-1]),
        items=born,
        with_any=some,
        reached_k=reached,
        median_days_to_first=numbers(np.array([first for first, _ in medians], np.float64)),
        median_days_to_k=numbers(np.array([kth for _, kth in medians], np.float64)),
    )
