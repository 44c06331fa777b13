"""What was shown against what was asked for."""

import numpy as np
from numpy.typing import NDArray

from tilth.audit.categories import Categories
from tilth.audit.interactions.spread import leaving_out
from tilth.audit.interactions.surveyed import Surveyed
from tilth.audit.interactions.whole import absent, measured, without_each
from tilth.audit.result import Measure
from tilth.stats import total_variation

_NAMES = ("exposure.demand_gap", "exposure.item_gap")


def measure_exposure(surveyed: Surveyed, categories: Categories) -> list[Measure]:
    """`exposure.demand_gap` over categories, `exposure.item_gap` over items."""
    if not surveyed.exposed:
        return [absent(name, "no exposures are logged") for name in _NAMES]
    wanted = len(surveyed.positives) > 0
    demand = surveyed.positives if wanted else surveyed.events
    note = "demand: " + ("events of positive kinds" if wanted else "interactions, as none is of a positive kind")
    shown = surveyed.exposures
    by_item = [total_variation(*one) for one in zip(leaving_out(shown), leaving_out(demand), strict=True)]
    measures = [measured("exposure.item_gap", by_item, shown.shape[1], note=note)]
    if not categories.known:
        return [absent("exposure.demand_gap", "items have no categories"), *measures]
    pairs = zip(*(without_each(_by_category(counts, categories)) for counts in (shown, demand)), strict=True)
    gaps = [total_variation(*one) for one in pairs]
    return [measured("exposure.demand_gap", gaps, len(categories.names), note=note), *measures]


def _by_category(counts: NDArray[np.int32], categories: Categories) -> NDArray[np.float64]:
    """Shape (GROUPS, categories)."""
    sums = [np.bincount(categories.of_item, group, len(categories.names)) for group in counts]
    return np.stack(sums).astype(np.float64)
