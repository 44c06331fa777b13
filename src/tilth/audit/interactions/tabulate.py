"""Tables of items and users."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.categories import Categories
from tilth.audit.interactions.activity import activity_levels
from tilth.audit.interactions.bucket import NO_TIME
from tilth.audit.interactions.catalog import created_of
from tilth.audit.interactions.collected import Collected
from tilth.audit.interactions.spread import BANDS, band_of
from tilth.audit.interactions.surveyed import Surveyed
from tilth.audit.tables import SCHEMAS
from tilth.records import Entities
from tilth.stats import lorenz
from tilth.stats._checks import ratio

POINTS = 201


def times(micros: NDArray[np.int64]) -> pa.Array:
    """Microseconds since 1970 as times, null where there is none."""
    return pa.array(micros, pa.int64(), mask=micros == NO_TIME).cast(pa.timestamp("us", tz="UTC"))


def numbers(values: NDArray[np.float64]) -> pa.Array:
    """Null where undefined."""
    return pa.array(values, pa.float64(), from_pandas=True)


def table_of(name: str, **columns: object) -> pa.Table:
    """A table of `tilth.audit.tables`."""
    return pa.table(columns, schema=SCHEMAS[name])


def item_tables(
    items: Entities, categories: Categories, surveyed: Surveyed, collected: Collected
) -> dict[str, pa.Table]:
    """`items`, `bands`, `lorenz`, `popularity`."""
    events = surveyed.events.sum(axis=0, dtype=np.int64)
    band = band_of(events)
    sizes = np.bincount(band, minlength=len(BANDS))
    held = np.bincount(band, events, len(BANDS))
    x, y = lorenz(events, POINTS)
    low, high, level = _levels(events)
    in_level = np.bincount(level, minlength=len(low))
    return {
        "items": table_of(
            "items",
            item_id=items.ids.cast(pa.string()),
            title=items.table["title"].combine_chunks().cast(pa.string()),
            category=categories.text,
            events=events,
            users=collected.item_users,
            exposures=surveyed.exposures.sum(axis=0, dtype=np.int64),
            first_ts=times(surveyed.first),
            last_ts=times(surveyed.last),
            created_at=times(created_of(items)),
            band=pa.DictionaryArray.from_arrays(pa.array(band), pa.array(BANDS)).cast(pa.string()),
        ),
        "bands": table_of(
            "bands",
            band=list(BANDS),
            items=sizes,
            share=numbers(ratio(sizes, len(events))),
            events_share=numbers(ratio(held, held.sum())),
        ),
        "lorenz": table_of("lorenz", items_share=x, events_share=y),
        "popularity": table_of(
            "popularity",
            low=low,
            high=high,
            items=in_level,
            events=np.bincount(level, events, len(low)).astype(np.int64),
        ),
    }


def activity_table(collected: Collected) -> pa.Table:
    """`activity`."""
    levels, by_group = activity_levels(collected)
    users = by_group.sum(axis=0)
    low, high, level = _levels(levels)
    counts = [np.bincount(level, weights, len(low)).astype(np.int64) for weights in (users, users * levels)]
    return table_of("activity", low=low, high=high, users=counts[0], events=counts[1])


def _levels(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Ranges 0, 1, 2-3, 4-7, ... up to the largest count: their ends, and the range of each count."""
    if not len(counts):
        none = np.zeros(0, np.int64)
        return none, none, none
    top = int(counts.max()).bit_length()
    low = np.array([0, *(1 << power for power in range(top))], np.int64)
    high = np.array([0, *((2 << power) - 1 for power in range(top))], np.int64)
    return low, high, np.searchsorted(low, counts, side="right") - 1
