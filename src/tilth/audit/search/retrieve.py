"""Fourth job: what the embedded index finds for the sampled queries."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.artifacts.index import SearchIndex
from tilth.engine import Engine, OnProgress, Signals
from tilth.records import Entities

QUERIES_AT_ONCE = 500
INDEX = "index"
_RESULT = pa.schema([("rows", pa.list_(pa.int64()))])


@dataclass(frozen=True)
class FindItems:
    """The job: rows of the catalog for each query, best first."""

    index: Path
    most: int

    def open(self) -> "ItemFinder":
        return ItemFinder(SearchIndex.open(self.index), self.most)


class ItemFinder:
    def __init__(self, index: SearchIndex, most: int) -> None:
        self._index, self._most = index, most

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        queries = partition["query"].to_pylist()
        found = self._index.search_many(queries, self._most, threads=1)
        signals.add(searched=len(queries))
        return pa.table([pa.array([hits.rows for hits in found], pa.list_(pa.int64()))], schema=_RESULT)

    def close(self) -> None:
        pass


def find_items(
    items: Entities, queries: pa.Array, most: int, *, engine: Engine, spill: Path, on_progress: OnProgress | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Index the catalog and search for every query.

    Returns:
        The rows of the items found, one query after the other, and where each query's begin: shape (queries + 1,).
    """
    rows, counts = [np.zeros(0, np.int64)], [np.zeros(1, np.int64)]
    if len(items) and len(queries):
        index = SearchIndex.build(items, spill / INDEX).folder
        table = pa.table({"query": queries})
        job = FindItems(index, most)
        for result in engine.map(job, table, partition_rows=QUERIES_AT_ONCE, on_progress=on_progress):
            lists = result["rows"].combine_chunks()
            rows.append(lists.flatten().to_numpy())
            counts.append(np.diff(lists.offsets.to_numpy()).astype(np.int64))
    else:
        counts.append(np.zeros(len(queries), np.int64))
    return np.concatenate(rows), np.cumsum(np.concatenate(counts))
