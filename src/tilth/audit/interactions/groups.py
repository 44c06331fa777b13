"""Tables by category."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.categories import Categories
from tilth.audit.interactions.collected import Collected
from tilth.audit.interactions.surveyed import Surveyed
from tilth.audit.interactions.tabulate import numbers, table_of, times
from tilth.stats import gini
from tilth.stats._checks import ratio


def categories_table(categories: Categories, surveyed: Surveyed, collected: Collected) -> pa.Table:
    """`categories`: by the number of their items, then what is together and what has none."""
    counts, shown = (array.sum(axis=0, dtype=np.int64) for array in (surveyed.events, surveyed.exposures))
    of_item, count = categories.of_item, len(categories.names)
    sizes = np.bincount(of_item, minlength=count)
    events = np.bincount(of_item, counts, count).astype(np.int64)
    cold = np.bincount(of_item[counts == 0], minlength=count)
    order = np.argsort(of_item, kind="stable")
    groups = np.split(counts[order], np.cumsum(sizes)[:-1])[:count]
    return table_of(
        "categories",
        category=list(categories.names),
        items=sizes,
        items_share=numbers(ratio(sizes, sizes.sum())),
        events=events,
        events_share=numbers(ratio(events, events.sum())),
        exposures=np.bincount(of_item, shown, count).astype(np.int64),
        users=collected.category_users,
        cold_items=cold,
        cold_share=numbers(ratio(cold, sizes)),
        gini=numbers(np.array([gini(group) for group in groups], np.float64)),
    )


def heat_table(categories: Categories, collected: Collected, edges: NDArray[np.int64]) -> pa.Table:
    """`heat`: a row for each category and window, unknown items in none."""
    heat = collected.heat
    names = pa.array(categories.names, pa.string())
    rows, columns = np.indices(heat.shape)
    return table_of(
        "heat",
        category=names.take(pa.array(rows.reshape(-1))),
        start=times(edges[:-1][columns.reshape(-1)]),
        events=heat.reshape(-1),
        share=numbers(ratio(heat, heat.sum(axis=0)).reshape(-1)),
    )
