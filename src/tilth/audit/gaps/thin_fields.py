"""Fields that are missing or thin, per category: `enrich` reads facts out of what is there."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.gaps.found import Found
from tilth.audit.gaps.ground import Ground
from tilth.audit.gaps.items import items_gap
from tilth.text import plural

WORDS = {  # markup and garbled characters are findings: they take no LLM to mend
    "missing": "missing",
    "short": "short",
    "duplicate": "the same as another item's",
    "boilerplate": "boilerplate",
    "wrong_language": "in another language",
}
SOURCES = frozenset({"title", "text"})
"""The fields that facts are read out of: no step writes them."""


def thin_fields(ground: Ground) -> Iterator[Found]:
    """A gap for each category and field: the items in which it is missing, short, duplicate, boilerplate or in another
    language. A field that no item has is left out.

    Calls: one for each item. An item that is thin in two fields stands in two gaps, while `enrich` asks about it once,
    so the gaps' calls together are at most what is asked. Demand: interactions with these items. A title or a text is
    written by no step: the reason says what `enrich` does instead, and where to get one.
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
            yield items_gap(
                ground,
                category,
                rows,
                step="enrich",
                kind="thin_field",
                what=f"{field} of items",
                field=field,
                reason=f"{field} is thin in {len(rows):,} of {plural(sizes[category], 'item')}: {said}; "
                + _mended(field),
            )


def _mended(field: str) -> str:
    if field in SOURCES:
        return f"no step writes a {field}, get one from the supplier; enrich reads attributes from what is there"
    return f"enrich reads {field} out of title and text, where [enrich] names it and they tell"


def _said(problems: pa.ChunkedArray, chosen: NDArray[np.bool_]) -> str:
    """In how many items each problem is."""
    counts = {row["values"]: row["counts"] for row in pc.value_counts(problems.filter(pa.array(chosen))).to_pylist()}
    return ", ".join(f"{WORDS[name]} in {counts[name]:,}" for name in sorted(counts))
