"""Items and contexts: the two sides of a pair."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Role = Literal["context", "item"]

ENTITY_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True)
class Entities:
    """Items, or contexts (users or queries an item is offered to).

    `table` holds at least `id` (unique), `title` and `text` (strings, empty where unknown); any further column is
    carried along untouched. `file_rows` says on which row of the file each stood, shape (entities,); None for those
    that are from no file.
    """

    role: Role
    table: pa.Table
    file_rows: NDArray[np.int64] | None = field(default=None, compare=False, repr=False)

    def __len__(self) -> int:
        return self.table.num_rows

    @property
    def ids(self) -> pa.Array:
        return self.table["id"].combine_chunks()

    def titles(self) -> list[str]:
        return self.table["title"].to_pylist()

    def texts(self) -> list[str]:
        return self.table["text"].to_pylist()

    def rows_of(self, ids: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
        """Row of each id in `table`, shape (len(ids),); -1 where the id is unknown."""
        found = pc.fill_null(pc.index_in(ids, value_set=self.ids), -1)
        return np.asarray(found, dtype=np.int64)

    def take(self, rows: NDArray[np.int64]) -> "Entities":
        kept = self.file_rows[rows] if self.file_rows is not None else None
        return Entities(self.role, self.table.take(pa.array(rows)), kept)


@dataclass(frozen=True)
class Attributes:
    """What was read out of entities: column `id`, then one typed column per attribute (null where not stated)."""

    role: Role
    table: pa.Table

    @property
    def names(self) -> list[str]:
        return [name for name in self.table.column_names if name != "id"]

    def aligned_to(self, entities: Entities) -> pa.Table:
        """One row per entity, in their order; all null where nothing was read for it."""
        rows = pc.index_in(entities.ids, value_set=self.table["id"].combine_chunks())
        return self.table.select(self.names).take(rows)
