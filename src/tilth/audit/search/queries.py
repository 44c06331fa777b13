"""Third job: add up each query's counts, of which a slice has all."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.hashes import hash64
from tilth.audit.result import GROUPS
from tilth.audit.search.bands import Frequencies
from tilth.audit.search.normal import coded
from tilth.audit.spill import SLICES, read_slices
from tilth.engine import Signals

KEPT = 5_000_000
"""Distinct queries that are listed; of more, the most frequent."""
PARTIAL_ROWS = 500_000
"""Counts of queries that are added up at once."""
NUMBERS = ("searches", "users", "results_known", "zero_results", "clicks_known", "clicks", "reformulated")
QUERY_SCHEMA = pa.schema(
    [
        ("normal", pa.string()),
        ("query", pa.string()),
        *((name, pa.int64()) for name in NUMBERS),
        ("groups", pa.list_(pa.int8())),
        ("by_group", pa.list_(pa.int64())),
    ]
)
"""One row per query. `by_group` has its searches in each of `groups`, of which none is 0."""
_FREQUENCY_SCHEMA = pa.schema([("without", pa.int8()), ("searches", pa.int64()), ("queries", pa.int64())])
ALL = -1


@dataclass(frozen=True)
class AddQueries:
    """The job: a row of its table says which slices are worked on. `paths` are the files of the second job."""

    paths: tuple[Path, ...]
    kept: int = KEPT

    def open(self) -> "QueryAdder":
        return QueryAdder(self)


class QueryAdder:
    def __init__(self, job: AddQueries) -> None:
        self._job = job

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        (run,) = partition.to_pylist()
        table = add_up(pa.concat_tables(read_slices(self._job.paths, run["first"], run["stop"])))
        frequencies = frequencies_of(table)
        # Queries are dealt by hash, so that each slice has about its share of those to keep.
        most = -(-self._job.kept * (run["stop"] - run["first"]) // SLICES)
        if table.num_rows > most:
            order = np.lexsort((hash64(table["normal"]), -table["searches"].to_numpy()))
            table = table.take(pa.array(order[:most]))
        signals.add(queries=table.num_rows)
        return pa.table({"queries": _nested(table), "frequencies": _nested(frequencies)})

    def close(self) -> None:
        pass


def add_up(partial: pa.Table) -> pa.Table:
    """From a table of PARTIAL_SCHEMA with all counts of its queries to one of QUERY_SCHEMA. The spelling that is
    shown is the commonest; of equal ones the hash decides, so that the order of rows does not matter."""
    code, normals = coded(partial["normal"])
    count = len(normals)
    columns: dict[str, pa.Array] = {"normal": normals, "query": _commonest(partial, code, count)}
    for name in NUMBERS:
        columns[name] = pa.array(np.bincount(code, partial[name].to_numpy(), count).astype(np.int64))
    cells = code.astype(np.int64) * GROUPS + partial["group"].to_numpy()
    by_group = np.bincount(cells, partial["searches"].to_numpy(), count * GROUPS).astype(np.int64)
    used = np.flatnonzero(by_group)
    offsets = pa.array(np.searchsorted(used, np.arange(count + 1) * GROUPS).astype(np.int32))
    columns["groups"] = pa.ListArray.from_arrays(offsets, pa.array((used % GROUPS).astype(np.int8)))
    columns["by_group"] = pa.ListArray.from_arrays(offsets, pa.array(by_group[used]))
    return pa.table(columns, schema=QUERY_SCHEMA)


def _commonest(partial: pa.Table, code: NDArray[np.int32], count: int) -> pa.Array:
    spelling, spellings = coded(partial["query"])
    width = max(len(spellings), 1)
    pairs, at = np.unique(code.astype(np.int64) * width + spelling, return_inverse=True)
    searches = np.bincount(at, partial["searches"].to_numpy(), len(pairs))
    normal, query = np.divmod(pairs, width)
    order = np.lexsort((hash64(spellings)[query], -searches, normal))
    first = order[np.searchsorted(normal[order], np.arange(count))]
    return spellings.take(pa.array(query[first]))


def frequencies_of(queries: pa.Table) -> pa.Table:
    """How many queries were searched for how often, as a whole (`without` = ALL) and without each group in turn."""
    total = queries["searches"].to_numpy()
    lists = queries["groups"].combine_chunks()
    row = np.asarray(pc.list_parent_indices(lists), np.int64)
    by_group = np.zeros((GROUPS, len(total)), np.int64)
    by_group[lists.flatten().to_numpy(), row] = queries["by_group"].combine_chunks().flatten().to_numpy()
    without, searches, counts = list[NDArray[np.int8]](), list[NDArray[np.int64]](), list[NDArray[np.int64]]()
    for group in range(ALL, GROUPS):
        found = Frequencies.of(total if group == ALL else total - by_group[group])
        without.append(np.full(len(found.searches), group, np.int8))
        searches.append(found.searches)
        counts.append(found.queries)
    columns = [np.concatenate(part) for part in (without, searches, counts)]
    return pa.table(columns, schema=_FREQUENCY_SCHEMA)


def merge_frequencies(tables: list[pa.Table]) -> tuple[Frequencies, tuple[Frequencies, ...]]:
    """Of all queries, and without each group."""
    if not tables:
        nothing = Frequencies.of(np.zeros(0, np.int64))
        return nothing, (nothing,) * GROUPS
    table = pa.concat_tables(tables)
    without, searches, queries = (table[name].to_numpy() for name in _FREQUENCY_SCHEMA.names)
    all_of_them = [
        Frequencies.of(searches[without == group], queries[without == group]) for group in range(ALL, GROUPS)
    ]
    return all_of_them[0], tuple(all_of_them[1:])


def unnested(result: pa.Table, name: str) -> pa.Table:
    """A table that a worker put into one cell of its result."""
    return pa.Table.from_struct_array(result[name].combine_chunks().flatten())


def _nested(table: pa.Table) -> pa.Array:
    whole = table.combine_chunks().to_struct_array()
    array = whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole
    return pa.ListArray.from_arrays(pa.array([0, len(array)], pa.int32()), array)
