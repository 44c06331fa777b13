"""Second job: count the searches of each bucket, and deal the counts of its queries to slices by query."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.config import AuditConfig
from tilth.audit.hashes import hash64
from tilth.audit.result import GROUPS
from tilth.audit.search.counts import PARTIAL_SCHEMA, SUMS, count
from tilth.audit.search.searches import SearchBucket
from tilth.audit.spill import SLICES_A_GROUP, Dealer, read_slices, slice_of
from tilth.engine import Signals

BUCKET_ROWS = 250_000
"""Searches of a bucket; a person who made more has a bucket of that size."""
RUNS_AT_ONCE = 4
"""Buckets that are worked on by one worker before it writes what it counted."""
BUSIEST = 5
_RESULT = pa.schema([("sums", pa.binary()), ("slices", pa.binary()), ("busiest", pa.string())])


@dataclass(frozen=True)
class CountSearches:
    """The job: a row of its table says which slices make a bucket. `paths` are the files of the first job."""

    config: AuditConfig
    paths: tuple[Path, ...]
    folder: Path

    def open(self) -> "SearchCounter":
        return SearchCounter(self)


class SearchCounter:
    def __init__(self, job: CountSearches) -> None:
        self._job = job

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        sums = np.zeros((GROUPS, len(SUMS)), np.int64)
        queries, busiest = list[pa.Table](), list[tuple[str, int]]()
        runs = partition.to_pylist()
        for run in runs:
            group = run["first"] // SLICES_A_GROUP
            table = pa.concat_tables(read_slices(self._job.paths, run["first"], run["stop"]))
            counted = count(SearchBucket.of(table), group, self._job.config)
            sums[group] += [counted.sums[name] for name in SUMS]
            queries.append(counted.queries)
            busiest += counted.busiest
            signals.add(searches=table.num_rows)
        merged = pa.concat_tables(queries)
        with Dealer(self._job.folder / f"queries-{runs[0]['first']:06d}.arrow", PARTIAL_SCHEMA) as dealer:
            dealer.deal(merged, slice_of(hash64(merged["normal"])))
        row = (sums.tobytes(), dealer.rows.tobytes(), msgspec.json.encode(top(busiest)).decode())
        return pa.table([[value] for value in row], schema=_RESULT)

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Counted:
    """What the second job counted, added up."""

    sums: NDArray[np.int64]
    """Shape (GROUPS, len(SUMS))."""
    slices: NDArray[np.int64]
    busiest: list[tuple[str, int]]

    def take_in(self, result: pa.Table) -> None:
        """Add what a worker returned."""
        row = result.to_pylist()[0]
        self.sums[:] += np.frombuffer(row["sums"], np.int64).reshape(self.sums.shape)
        self.slices[:] += np.frombuffer(row["slices"], np.int64)
        found = msgspec.json.decode(row["busiest"], type=list[tuple[str, int]])
        self.busiest[:] = top([*self.busiest, *found])

    def of(self, name: str) -> NDArray[np.int64]:
        """One of the SUMS by group, shape (GROUPS,)."""
        return self.sums[:, SUMS.index(name)]


def top(people: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Those who searched most."""
    return sorted(people, key=lambda one: (-one[1], one[0]))[:BUSIEST]
