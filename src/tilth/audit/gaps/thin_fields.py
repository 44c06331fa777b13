"""Fields that are missing or thin, per category: `enrich` reads or writes them."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.gaps.found import Found
from tilth.audit.gaps.ground import Ground, place_of

WORDS = {  # markup and garbled characters are findings: they take no LLM to mend
    "missing": "missing",
    "short": "short",
    "duplicate": "the same as another item's",
    "boilerplate": "boilerplate",
    "wrong_language": "in another language",
}


def thin_fields(ground: Ground) -> Iterator[Found]:
    """A gap for each category and field: the items in which it is missing, short, duplicate, boilerplate or in another
    language. A field that no item has is left out.

    Calls: one for each item. An item that is thin in two fields stands in two gaps, while `enrich` asks about it once,
    so the gaps' calls together are at most what is asked. Demand: interactions with these items.
    """
    table = ground.tables.get("thin_items")
    if table is None:
        return
    sizes = ground.sizes()
    table = table.filter(pc.is_in(table["problem"], value_set=pa.array(list(WORDS))))
    for field in sorted(pc.unique(table["field"]).to_pylist()):
        of_field = table.filter(pc.equal(table["field"], field))
        places = ground.places_of(of_field["item_id"])
        missing = np.asarray(pc.equal(of_field["problem"], "missing"), bool)
        if len(np.unique(places[missing])) == len(ground.ids):  # no column stands behind it: there is nothing to fill
            continue
        for category, rows in ground.by_category(np.unique(places[places >= 0])):
            said = _said(of_field["problem"], np.isin(places, rows))
            yield Found(
                step="enrich",
                kind="thin_field",
                place=place_of(category, f"{field} of items"),
                category=category,
                field=field,
                unit="items",
                ids=ground.ids.take(rows),
                demand=ground.demand_of(rows),
                total=ground.total_events,
                calls=len(rows),
                characters=float(np.mean(ground.characters[rows])),
                reason=f"{field} is thin in {len(rows):,} of {sizes[category]:,} items: {said}",
            )


def _said(problems: pa.ChunkedArray, chosen: NDArray[np.bool_]) -> str:
    """In how many items each problem is."""
    counts = {row["values"]: row["counts"] for row in pc.value_counts(problems.filter(pa.array(chosen))).to_pylist()}
    return ", ".join(f"{WORDS[name]} in {counts[name]:,}" for name in sorted(counts))
