"""What the tests of reading share."""

from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from tilth.data import EntitySource, PairSource, Rejects
from tilth.data.read import read_batches

PAIRS = PairSource(path="pairs.csv", context_id="user", item_id="item")


def put(folder: Path, name: str, content: bytes | str) -> str:
    """Write a file and give its path as text."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def put_parquet(folder: Path, name: str = "a.parquet", **columns: Any) -> str:
    path = folder / name
    parquet.write_table(pa.table(columns), path)
    return str(path)


def read(path: str, *columns: str, ids: tuple[str, ...] | None = None) -> tuple[list[tuple[Any, ...]], Rejects]:
    """All usable records as (row, value, ...), and the rejects. Every column is an id unless `ids` says which are."""
    rejects, found = Rejects(), list[tuple[Any, ...]]()
    for batch in read_batches(path, columns, rejects, ids=columns if ids is None else ids):
        values = [batch.table[name].to_pylist() for name in columns]
        found += zip(batch.rows.tolist(), *values, strict=True)
    return found, rejects


def brief(rejects: Rejects) -> list[tuple[int, str, str]]:
    """(row, column, reason) of each."""
    return [(reject.row, reject.column, reject.reason) for reject in rejects.rows]


def pairs_source(path: str, **fields: Any) -> PairSource:
    return PairSource(path=path, context_id="user", item_id="item", **fields)


def entity_source(path: str, **fields: Any) -> EntitySource:
    return EntitySource(path=path, id="id", **fields)
