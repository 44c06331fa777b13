"""What gaps are looked for in: the catalog, what it is asked for, and the tables of the audit's parts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.categories import NONE, OTHER, Categories, categories_of
from tilth.audit.config import AuditConfig
from tilth.records import Entities


@dataclass(frozen=True)
class Ground:
    """The catalog's items as arrays of shape (items,), in its order, and all tables by name.

    `characters` counts title and text; `events` are interactions and `exposures` what was shown, None where no event
    log was read.
    """

    ids: pa.Array
    categories: Categories
    characters: NDArray[np.int64]
    events: NDArray[np.float64] | None
    exposures: NDArray[np.float64] | None
    tables: Mapping[str, pa.Table]

    @classmethod
    def of(cls, config: AuditConfig, items: Entities, tables: Mapping[str, pa.Table]) -> "Ground":
        """From the catalog and the tables of `tilth.audit.tables`, of which any may be missing."""
        lengths = pc.add(pc.utf8_length(items.table["title"]), pc.utf8_length(items.table["text"]))
        counted = tables.get("items")
        return cls(
            ids=items.ids,
            categories=categories_of(items, level=config.category_level, most=config.max_categories),
            characters=np.asarray(lengths, np.int64),
            events=None if counted is None else _numbers(counted["events"]),
            exposures=None if counted is None else _numbers(counted["exposures"]),
            tables=tables,
        )

    @property
    def total_events(self) -> float | None:
        return None if self.events is None else float(self.events.sum())

    def rows_of(self, ids: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
        """The rows of the items with these ids, each once, in the catalog's order; unknown ids are left out."""
        found = self.places_of(ids)
        return np.unique(found[found >= 0])

    def places_of(self, ids: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
        """The row of each id, shape (ids,); -1 where the catalog lacks it."""
        return np.asarray(pc.fill_null(pc.index_in(ids, value_set=self.ids), -1), np.int64)

    def demand_of(self, rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
        return None if self.events is None else self.events[rows]

    def sizes(self) -> dict[str, int]:
        """How many items are counted in each category."""
        count = len(self.categories.names)
        return dict(zip(self.categories.names, np.bincount(self.categories.of_item, minlength=count), strict=True))

    def by_category(self, rows: NDArray[np.int64]) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """`rows` by the category that their items are counted in; the largest categories first."""
        codes = self.categories.of_item[rows]
        for code, name in enumerate(self.categories.names):
            found = rows[codes == code]
            if len(found):
                yield name, found


def place_of(category: str, what: str) -> str:
    """`what` in words with its category: "text of items in Drama"."""
    if category == OTHER:
        return f"{what} in smaller categories"
    return f"{what} without a category" if category == NONE else f"{what} in {category}"


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(pc.fill_null(column, 0), np.float64)
