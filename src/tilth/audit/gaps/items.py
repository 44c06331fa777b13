"""A gap that is made of a category's items, with one question about each."""

import numpy as np
from numpy.typing import NDArray

from tilth.audit.gaps.found import Found
from tilth.audit.gaps.ground import Ground, place_of
from tilth.records import GapStep


def items_gap(
    ground: Ground,
    category: str,
    rows: NDArray[np.int64],
    *,
    step: GapStep,
    kind: str,
    what: str,
    reason: str,
    field: str | None = None,
    expected: NDArray[np.float64] | None = None,
) -> Found:
    """The items `rows` of a category; `what` they are stands in the place's name.

    Their demand is the interactions that they have, unless `expected`, shape (rows,), says what they may draw.
    """
    return Found(
        step=step,
        kind=kind,
        place=place_of(category, what),
        category=category,
        field=field,
        unit="items",
        ids=ground.ids.take(rows),
        demand=ground.demand_of(rows) if expected is None else expected,
        total=ground.total_events,
        calls=len(rows),
        characters=float(np.mean(ground.characters[rows])),
        reason=reason,
    )
