"""Items that nobody has interacted with but that have a text, per category: they can be recommended by it."""

from collections.abc import Iterator

import numpy as np

from tilth.audit.gaps.found import Found
from tilth.audit.gaps.ground import Ground
from tilth.audit.gaps.items import items_gap
from tilth.text import plural


def cold_items(ground: Ground) -> Iterator[Found]:
    """A gap for each category with cold items that have a text; where no item of the catalog has one, a title.

    Calls: one for each item, to read what it is and whom it is for. Demand: nobody asked for these items yet, so it is
    an expectation: each is taken to draw as many interactions as the mean item of its category does (interactions of
    the category / its items). It is an upper guess, as cold items are seldom the better ones.
    """
    if ground.events is None:
        return
    codes, count = ground.categories.of_item, len(ground.categories.names)
    mean = np.bincount(codes, ground.events, count) / np.maximum(np.bincount(codes, minlength=count), 1)
    read, what = (ground.written, "text") if ground.written.any() else (ground.characters, "title")
    cold = np.flatnonzero((ground.events == 0) & (read > 0))
    for category, rows in ground.by_category(cold):
        expected = mean[codes[rows]]
        yield items_gap(
            ground,
            category,
            rows,
            step="coldstart",
            kind="cold_items",
            what="items without interactions",
            expected=expected,
            reason=f"{plural(len(rows), f'item has a {what}', f'items have a {what}')} and no interaction; an item "
            f"there draws {expected.mean():,.1f} on average",
        )
