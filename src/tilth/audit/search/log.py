"""The query log, counted: what all measures of search are worked out of."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.config import AuditConfig
from tilth.audit.result import GROUPS
from tilth.audit.search.bands import Frequencies
from tilth.audit.search.bucket import BUCKET_ROWS, RUNS_AT_ONCE, Counted, CountSearches
from tilth.audit.search.catalog import write_arrow
from tilth.audit.search.counts import SUMS
from tilth.audit.search.deal import DealSearches, Dealt, Facts
from tilth.audit.search.queries import PARTIAL_ROWS, QUERY_SCHEMA, AddQueries, merge_frequencies, unnested
from tilth.audit.spill import SLICES, runs_of_slices
from tilth.data import SearchSource, refuse_many_bad, search_parts
from tilth.engine import Engine, OnProgress
from tilth.records import Entities


@dataclass(frozen=True)
class CountedLog:
    """`queries` is a table of QUERY_SCHEMA, most searches first, equal ones by text."""

    facts: Facts
    counted: Counted
    reached: NDArray[np.uint32]
    queries: pa.Table
    frequencies: Frequencies
    without: tuple[Frequencies, ...]
    """The frequencies without each group."""

    @property
    def searches(self) -> NDArray[np.int64]:
        """Of each listed query, shape (queries,)."""
        return self.queries["searches"].to_numpy()

    @property
    def complete(self) -> bool:
        """Whether all distinct queries are listed."""
        return self.queries.num_rows == self.frequencies.distinct

    def by_group(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The searches of all queries in each group, those of query q counted `weights[q]` times; shape (GROUPS,)."""
        lists = self.queries["groups"].combine_chunks()
        row = np.asarray(pc.list_parent_indices(lists), np.int64)
        made = self.queries["by_group"].combine_chunks().flatten().to_numpy()
        return np.bincount(lists.flatten().to_numpy(), made * weights[row], GROUPS).astype(np.float64)

    def groups_of(self, rows: NDArray[np.int64]) -> NDArray[np.uint32]:
        """A bit for each group that searched for the query, for some of the queries; shape (rows,)."""
        lists = self.queries["groups"].combine_chunks()
        bits = np.uint32(1) << lists.flatten().to_numpy().astype(np.uint32)
        starts = np.asarray(lists.offsets, np.int64) - int(lists.offsets[0].as_py())
        return np.bitwise_or.reduceat(bits, starts[:-1])[rows] if len(lists) else np.zeros(0, np.uint32)


def count_log(
    config: AuditConfig,
    source: SearchSource,
    items: Entities,
    *,
    base: Path,
    engine: Engine,
    spill: Path,
    now: datetime,
    max_rejected: float,
    on_progress: OnProgress | None,
) -> CountedLog:
    """Run the three jobs over the log. Files are left in `spill`.

    Raises:
        DataError: a file cannot be used as a whole, or more than `max_rejected` of the rows cannot.
    """
    spill.mkdir(parents=True, exist_ok=True)
    dealt, paths = _deal(source, items, base=base, engine=engine, spill=spill, now=now, on_progress=on_progress)
    refuse_many_bad(source.path, dealt.facts.bad, dealt.facts.counts.get("rows", 0), max_rejected)
    runs = runs_of_slices(dealt.slices, BUCKET_ROWS)
    counted = Counted(np.zeros((GROUPS, len(SUMS)), np.int64), np.zeros(SLICES, np.int64), [])
    job = CountSearches(config, paths, spill)
    for result in engine.map(job, _runs(runs), partition_rows=RUNS_AT_ONCE, on_progress=on_progress):
        counted.take_in(result)
    files = tuple(spill / f"queries-{runs[at][0]:06d}.arrow" for at in range(0, len(runs), RUNS_AT_ONCE))
    queries, frequencies = [QUERY_SCHEMA.empty_table()], list[pa.Table]()
    runs = _runs(runs_of_slices(counted.slices, PARTIAL_ROWS))
    for result in engine.map(AddQueries(files), runs, partition_rows=1, on_progress=on_progress):
        queries.append(unnested(result, "queries").cast(QUERY_SCHEMA))
        frequencies.append(unnested(result, "frequencies"))
    ordered = pa.concat_tables(queries).sort_by([("searches", "descending"), ("normal", "ascending")])
    return CountedLog(dealt.facts, counted, dealt.reached, ordered.combine_chunks(), *merge_frequencies(frequencies))


def _deal(
    source: SearchSource,
    items: Entities,
    *,
    base: Path,
    engine: Engine,
    spill: Path,
    now: datetime,
    on_progress: OnProgress | None,
) -> tuple[Dealt, tuple[Path, ...]]:
    ids = spill / "ids.arrow"
    write_arrow(ids, pa.table({"id": items.ids}))
    parts = tuple(search_parts(source, base=base))
    job = DealSearches(source, parts, base, spill, ids, round(now.timestamp() * 1e6))
    dealt = Dealt(Facts(), np.zeros(SLICES, np.int64), np.zeros(len(items), np.uint32))
    table = pa.table({"part": pa.array(range(len(parts)), pa.int64())})
    for result in engine.map(job, table, partition_rows=1, on_progress=on_progress):
        dealt.take_in(result)
    return dealt, tuple(job.path_of(part) for part in range(len(parts)))


def _runs(runs: list[tuple[int, int]]) -> pa.Table:
    columns = [[first for first, _ in runs], [stop for _, stop in runs]]
    return pa.table(columns, schema=pa.schema([("first", pa.int64()), ("stop", pa.int64())]))
