"""What gaps are looked for in: the catalog, what it is asked for, and the tables of the audit's parts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.data.load import LEVELS
from tilth.records import Entities

OTHER = "(other)"
MAX_CATEGORIES = 50


@dataclass(frozen=True)
class Ground:
    """The catalog's items as arrays of shape (items,), in its order, and all tables by name.

    `category` holds "" for none; `characters` counts title and text; `events` are interactions, None where no event
    log was read. At most `max_categories` categories get gaps of their own; the others share one.
    """

    ids: pa.Array
    category: NDArray[np.object_]
    characters: NDArray[np.int64]
    events: NDArray[np.float64] | None
    exposures: NDArray[np.float64] | None
    tables: Mapping[str, pa.Table]
    max_categories: int = MAX_CATEGORIES

    @classmethod
    def of(
        cls,
        items: Entities,
        tables: Mapping[str, pa.Table],
        *,
        category_level: int | None = None,
        max_categories: int = MAX_CATEGORIES,
    ) -> "Ground":
        """From the catalog and the tables of `tilth.audit.tables`, of which any may be missing.

        Category paths are cut to `category_level` levels.
        """
        lengths = pc.add(pc.utf8_length(items.table["title"]), pc.utf8_length(items.table["text"]))
        counted = tables.get("items")
        category = counted["category"] if counted is not None else _column(items.table, "category")
        return cls(
            ids=items.ids,
            category=_categories(category, len(items), category_level),
            characters=np.asarray(lengths, np.int64),
            events=None if counted is None else _numbers(counted["events"]),
            exposures=None if counted is None else _numbers(counted["exposures"]),
            tables=tables,
            max_categories=max_categories,
        )

    @property
    def total_events(self) -> float | None:
        return None if self.events is None else float(self.events.sum())

    def rows_of(self, ids: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
        """The rows of the items with these ids, each once, in the catalog's order; unknown ids are left out."""
        found = np.asarray(pc.fill_null(pc.index_in(ids, value_set=self.ids), -1), np.int64)
        return np.unique(found[found >= 0])

    def demand_of(self, rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
        return None if self.events is None else self.events[rows]

    def by_category(
        self, rows: NDArray[np.int64], demand: NDArray[np.float64] | None
    ) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """`rows` by their category: those with most of `demand` (rows,), without it most rows, by name; the rest as
        OTHER."""
        if not len(rows):
            return
        names, codes = np.unique(self.category[rows].astype(str), return_inverse=True)
        sizes = np.bincount(codes, minlength=len(names))
        weight = sizes if demand is None else np.bincount(codes, demand, len(names))
        order = np.lexsort((names, -sizes, -weight))
        named = order if len(order) <= self.max_categories else order[: self.max_categories - 1]
        for code in named:
            yield str(names[code]), rows[codes == code]
        rest = rows[~np.isin(codes, named)]
        if len(rest):
            yield OTHER, rest


def place_of(category: str, what: str) -> str:
    """`what` in words with its category: "text of items in Drama"."""
    if category == OTHER:
        return f"{what} in smaller categories"
    return f"{what} in {category}" if category else f"{what} without a category"


def _column(table: pa.Table, name: str) -> pa.ChunkedArray | None:
    return table[name] if name in table.column_names else None


def _categories(column: pa.ChunkedArray | None, length: int, level: int | None) -> NDArray[np.object_]:
    if column is None:
        return np.full(length, "", object)
    names: list[str] = pc.fill_null(column, "").to_pylist()
    if level is not None:
        names = [LEVELS.join(name.split(LEVELS)[:level]) for name in names]
    return np.asarray(names, object)


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(pc.fill_null(column, 0), np.float64)
