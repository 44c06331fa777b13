"""Categories that hardly anybody asks for: supply without demand, for which `suggest` offers queries."""

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from tilth.audit.categories import OTHER
from tilth.audit.gaps.found import Found
from tilth.audit.gaps.ground import Ground
from tilth.audit.gaps.items import items_gap


def unasked_items(ground: Ground) -> Iterator[Found]:
    """A gap for each category whose share of the searches is less than a tenth of its share of the items.

    Its members are the items that some query does reach: those that none does stand in `unreached_items`, so no item
    is asked about twice. Calls: one for each item, for the queries that it should be found by. Demand: interactions
    that these items have by other ways than search; it is unknown where there is no event log.
    """
    table = ground.tables.get("supply")
    if table is None:
        return
    unreached = ground.tables.get("unreached_items")
    known = np.zeros(0, np.int64) if unreached is None else ground.rows_of(unreached["item_id"])
    unasked = {row["category"]: row for row in table.filter(pc.fill_null(table["unasked"], False)).to_pylist()}
    reached = np.setdiff1d(np.arange(len(ground.ids)), known)
    for category, rows in ground.by_category(reached):
        row = unasked.get(category)
        if row is None or category == OTHER:
            continue
        yield items_gap(
            ground,
            category,
            rows,
            step="suggest",
            kind="unasked_items",
            what="items that few ask for",
            reason=f"{row['items_share']:.1%} of the items, but {row['demand_share']:.1%} of the searches",
        )
