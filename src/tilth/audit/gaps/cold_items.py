"""Items that nobody has interacted with but that have a text, per category: `coldstart` recommends them by it."""

from collections.abc import Iterator

import numpy as np

from tilth.audit.gaps.found import Found
from tilth.audit.gaps.ground import Ground, place_of


def cold_items(ground: Ground) -> Iterator[Found]:
    """A gap for each category with cold items that have at least a title or a text.

    Calls: one for each item, to read what it is and whom it is for. Demand: nobody asked for these items yet, so it is
    an expectation: each is taken to draw as many interactions as the mean item of its category does (interactions of
    the category / its items). It is an upper guess, as cold items are seldom the better ones.
    """
    if ground.events is None:
        return
    codes, count = ground.categories.of_item, len(ground.categories.names)
    mean = np.bincount(codes, ground.events, count) / np.maximum(np.bincount(codes, minlength=count), 1)
    cold = np.flatnonzero((ground.events == 0) & (ground.characters > 0))
    for category, rows in ground.by_category(cold):
        expected = mean[codes[rows]]
        yield Found(
            step="coldstart",
            kind="cold_items",
            place=place_of(category, "items without interactions"),
            category=category,
            unit="items",
            ids=ground.ids.take(rows),
            demand=expected,
            total=ground.total_events,
            calls=len(rows),
            characters=float(np.mean(ground.characters[rows])),
            reason=f"{len(rows):,} items have a text and no interaction; an item there draws {expected.mean():,.1f} "
            "on average",
        )
