"""The categories that items are in, as codes."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.records import Entities

NO_CATEGORY = "(none)"
OTHER = "(other)"


@dataclass(frozen=True)
class Places:
    """`category` is each item's own, null for none. `code` numbers the distinct ones, shape (items,).

    `listed` is an index into `names`, shape (items,): the largest categories by name, then `OTHER`, then
    `NO_CATEGORY`; these two only where items are in them.
    """

    category: pa.Array
    code: NDArray[np.int64]
    names: tuple[str, ...]
    listed: NDArray[np.int64]


def places_of(items: Entities, most: int) -> Places:
    """The categories of `items`, at most `most` of them by name: those with the most items."""
    table = items.table
    category = (
        table["category"].combine_chunks().cast(pa.string())
        if "category" in table.column_names
        else pa.nulls(len(items), pa.string())
    )
    category = pc.if_else(pc.fill_null(pc.equal(pc.utf8_trim_whitespace(category), ""), True), None, category)
    encoded = category.dictionary_encode(null_encoding="mask")
    distinct: list[str] = encoded.dictionary.to_pylist()
    code = np.asarray(pc.fill_null(encoded.indices, len(distinct)), np.int64)
    counts = np.bincount(code, minlength=len(distinct) + 1)
    ranked = sorted(range(len(distinct)), key=lambda index: (-int(counts[index]), distinct[index]))
    names = [distinct[index] for index in ranked[:most]]
    place = np.zeros(len(distinct) + 1, np.int64)
    place[ranked[:most]] = np.arange(len(names))
    for name, members in ((OTHER, ranked[most:]), (NO_CATEGORY, [len(distinct)] if counts[-1] else [])):
        if members:
            place[members] = len(names)
            names.append(name)
    return Places(category, code, tuple(names), place[code])
