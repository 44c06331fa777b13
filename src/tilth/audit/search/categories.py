"""The categories of the catalog, as many as can be shown."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.config import AuditConfig
from tilth.audit.search.normal import coded
from tilth.records import Entities

OTHER = "(other)"
LEVELS = " > "


@dataclass(frozen=True)
class Categories:
    """`codes` says which of `names` each item is in, shape (items,). Items without a category are in ""."""

    names: tuple[str, ...]
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, items: Entities, config: AuditConfig) -> "Categories":
        """The largest categories by name, at most `config.max_categories` with the one that holds all others."""
        if "category" not in items.table.column_names:
            return cls(("",), np.zeros(len(items), np.int64))
        codes, names = coded(pc.fill_null(items.table["category"], ""))
        if config.category_level is not None:
            cut = [LEVELS.join(name.split(LEVELS)[: config.category_level]) for name in names.to_pylist()]
            again, names = coded(pa.array(cut, pa.string()))
            codes = again[codes]
        texts: list[str] = names.to_pylist()
        sizes = np.bincount(codes, minlength=len(texts)).tolist()
        order = sorted(range(len(texts)), key=lambda at: (-sizes[at], texts[at]))
        if len(order) <= config.max_categories:
            shown = [texts[at] for at in order]
        else:
            shown = [*(texts[at] for at in order[: config.max_categories - 1]), OTHER]
        place = np.empty(len(order), np.int64)
        place[order] = np.minimum(np.arange(len(order)), max(len(shown) - 1, 0))
        return cls(tuple(shown), place[codes])

    @property
    def known(self) -> bool:
        """Whether any item has a category."""
        return any(self.names)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Items in each, shape (names,)."""
        return np.bincount(self.codes, minlength=len(self.names))
