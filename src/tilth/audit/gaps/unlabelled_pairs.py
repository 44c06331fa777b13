"""Explicit negatives are too few to learn from: `judge` labels a sample of what was shown."""

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from tilth.audit.gaps.found import Found
from tilth.audit.gaps.ground import Ground

SAMPLE = 385
"""Pairs from which a share is known to 5 points either way at 95 %, whatever it is: 1.96^2 * 0.25 / 0.05^2, rounded up
(Cochran 1977, section 4.4)."""
ENOUGH = 0.01
"""From this share of explicit negatives among all events on, nothing is missing."""


def unlabelled_pairs(ground: Ground) -> Iterator[Found]:
    """One gap for the whole catalog, where fewer than 1 % of the events are explicit negatives.

    Its pairs are to be drawn in proportion to exposure (impressions; interactions where none are logged), so that the
    labels stand for what people were shown: each item's share of the sample is its share of that. Calls: one for each
    pair of the sample, 385 or all there are. Size: events without an explicit negative. Members: the items that the
    sample would touch, those with most exposure first. Demand: all interactions, for which the sample stands.
    """
    table = ground.tables.get("feedback")
    if table is None or ground.events is None or ground.exposures is None:
        return
    events = np.asarray(pc.fill_null(table["events"], 0), np.float64)
    negative = events[np.asarray(pc.equal(table["role"], "negative"), bool)].sum()
    everything = events.sum()
    if not everything or negative / everything >= ENOUGH:
        return
    shown = ground.exposures if ground.exposures.any() else ground.events
    rows = np.flatnonzero(shown > 0)
    rows = rows[np.argsort(-shown[rows], kind="stable")][:SAMPLE]
    if not len(rows):
        return
    pairs = int(everything - negative)
    weights = shown[rows] / shown[rows].sum()
    yield Found(
        step="judge",
        kind="unlabelled_pairs",
        place="pairs without an explicit label, in the whole catalog",
        unit="pairs",
        ids=ground.ids.take(rows),
        demand=weights * ground.events.sum(),
        total=ground.total_events,
        calls=min(SAMPLE, pairs),
        characters=float(weights @ ground.characters[rows]),
        reason=f"{negative:,.0f} of {everything:,.0f} events are explicit negatives ({negative / everything:.2%}): "
        "too few to learn what is bad from",
        size=pairs,
    )
