"""A pair: an item offered to a context."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

PAIR_SCHEMA = pa.schema(
    [
        pa.field("context_id", pa.string(), nullable=False),
        pa.field("item_id", pa.string(), nullable=False),
        pa.field("weight", pa.float64(), nullable=False),
    ]
)


@dataclass(frozen=True)
class Pairs:
    """(context, item) pairs.

    `table` holds `context_id`, `item_id` and `weight` (1 / probability that the pair was sampled, 1 if all were taken);
    further columns, such as the rank at which the item was offered, are carried along untouched.

    `file_rows` says on which row of the file each pair stood, shape (pairs,); None for pairs that are from no file.
    """

    table: pa.Table
    file_rows: NDArray[np.int64] | None = field(default=None, compare=False, repr=False)

    def __len__(self) -> int:
        return self.table.num_rows
