"""Records of a log as columns, before they are converted."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.data.batch import Batch


@dataclass(frozen=True)
class RawBatch:
    """Some records of a file. Columns are of any type in Parquet, else text (null where empty)."""

    columns: dict[str, pa.Array]
    rows: NDArray[np.int64]
    """The row of the file each record stands on."""

    def __len__(self) -> int:
        return len(self.rows)


def raw_batch(batch: Batch) -> RawBatch:
    """The same records, as the careful readers give them."""
    return RawBatch({name: batch.table[name].combine_chunks() for name in batch.table.column_names}, batch.rows)
