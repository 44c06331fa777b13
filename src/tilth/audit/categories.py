"""Which category an item is counted in."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.records import Entities

OTHER, NONE = "(other)", "(none)"
LEVELS = " > "
"""Between the levels of a category path, as items are read."""


@dataclass(frozen=True)
class Categories:
    """`names`: the largest first; then `OTHER` and `NONE`, where there are such items."""

    names: tuple[str, ...]
    of_item: NDArray[np.int32]
    """Index into `names`, shape (items,)."""
    text: pa.Array
    """Each item's own, empty where it has none."""
    distinct: int
    """Categories there are, before small ones were put together."""

    @property
    def known(self) -> bool:
        """Whether any item has a category."""
        return self.distinct > 0


def categories_of(items: Entities, *, level: int | None = None, most: int = 50) -> Categories:
    """Categories by the number of their items, those of equal size by name; at most `most` by name.

    Of a path the first `level` levels are kept.
    """
    text = _texts(items, level)
    encoded = text.dictionary_encode()
    values: list[str] = encoded.dictionary.to_pylist()
    codes = np.asarray(encoded.indices)
    sizes = np.bincount(codes, minlength=len(values))
    real = sorted((place for place, name in enumerate(values) if name), key=lambda at: (-sizes[at], values[at]))
    names = [values[place] for place in real[:most]]
    target = np.zeros(len(values), np.int32)
    target[real[:most]] = np.arange(len(names))
    for label, places in ((OTHER, real[most:]), (NONE, [place for place, name in enumerate(values) if not name])):
        if places:
            target[places] = len(names)
            names.append(label)
    return Categories(tuple(names), target[codes], text, len(real))


def _texts(items: Entities, level: int | None) -> pa.Array:
    if "category" not in items.table.column_names:
        return pa.array([""] * len(items), pa.string())
    column = items.table["category"].combine_chunks().cast(pa.string())
    text = pc.utf8_trim_whitespace(pc.fill_null(column, ""))
    if level is None:
        return text
    return pc.binary_join(pc.list_slice(pc.split_pattern(text, LEVELS), 0, level), LEVELS)
