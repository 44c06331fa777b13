"""What the workers need to know of the catalog, in a file that all of them map."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.interactions.bucket import NO_TIME
from tilth.records import Entities


@dataclass(frozen=True)
class Catalog:
    ids: pa.Array
    created: NDArray[np.int64]
    """Microseconds since 1970, `NO_TIME` where that is not known; shape (items,)."""

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, items: Entities) -> "Catalog":
        return cls(items.ids, created_of(items))

    def rows_of(self, ids: pa.Array) -> NDArray[np.int32]:
        """The row of each id, -1 where the catalog lacks it."""
        return np.asarray(pc.fill_null(pc.index_in(ids, value_set=self.ids), -1), np.int32)

    def write(self, path: Path) -> None:
        table = pa.table({"id": self.ids, "created": self.created})
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)

    @classmethod
    def read(cls, path: Path) -> "Catalog":
        with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as reader:
            table = reader.read_all()
        return cls(table["id"].combine_chunks(), np.asarray(table["created"], np.int64))


def created_of(items: Entities) -> NDArray[np.int64]:
    """When each item came to be, microseconds since 1970; `NO_TIME` where that is not known."""
    if "created_at" not in items.table.column_names:
        return np.full(len(items), NO_TIME, np.int64)
    times = items.table["created_at"].cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
    return np.asarray(pc.fill_null(times, NO_TIME), np.int64)
