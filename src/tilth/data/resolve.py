"""Pairs and judgments that name an id nobody knows."""

from typing import TypeVar

import numpy as np
import pyarrow as pa

from tilth.data.rejects import Rejects
from tilth.records import Entities, Judgments, Pairs

Rows = TypeVar("Rows", Pairs, Judgments)


def keep_known(rows: Rows, contexts: Entities, items: Entities, *, path: str, rejects: Rejects) -> Rows:
    """Those rows whose context and item both exist; the others are rejected as dangling.

    The rejects name the row of the file; for rows that did not come from a file, the position counted from 1.
    """
    count = rows.table.num_rows
    numbers = rows.file_rows if rows.file_rows is not None else np.arange(1, count + 1)
    keep = np.ones(count, dtype=bool)
    for column, entities in (("context_id", contexts), ("item_id", items)):
        unknown = np.flatnonzero((entities.rows_of(rows.table[column]) < 0) & keep)
        values = rows.table[column].take(pa.array(unknown)).to_pylist()
        rejects.add_many(path, numbers[unknown].tolist(), column, f"no such {entities.role}", values)
        keep[unknown] = False
    file_rows = rows.file_rows[keep] if rows.file_rows is not None else None
    return type(rows)(rows.table.filter(pa.array(keep)), file_rows)
