"""The first job: read the log once, count what needs no user's whole history, deal the events to slices by user."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from tilth.audit.config import KindsConfig
from tilth.audit.interactions.catalog import Catalog
from tilth.audit.interactions.coding import SPILL_SCHEMA, CodedEvents
from tilth.audit.interactions.log import Log
from tilth.audit.interactions.tally import Tally
from tilth.audit.spill import BATCH_ROWS, Dealer, slice_of
from tilth.audit.wire import pack_arrays
from tilth.engine import Signals

CATALOG_FILE = "catalog.arrow"
MOST_TASKS = 512


def spill_file(folder: Path, task: int) -> Path:
    """What the `task`th piece of work spills to."""
    return folder / f"events-{task:05}.arrow"


def survey_tasks(pieces: int) -> pa.Table:
    """A row for each piece of work: a run of the log's pieces, `first` to `stop` (exclusive)."""
    edges = np.linspace(0, pieces, min(pieces, MOST_TASKS) + 1).round().astype(np.int64)
    return pa.table({"task": np.arange(len(edges) - 1), "first": edges[:-1], "stop": edges[1:]})


@dataclass(frozen=True)
class SurveyJob:
    """`folder` is where the catalog lies and the slices go: one that all workers share."""

    log: Log
    kinds: KindsConfig
    bot_share: float
    folder: Path
    now: int
    """Microseconds since 1970; a later time is of the future."""

    def open(self) -> "SurveyWorker":
        return SurveyWorker(self, Catalog.read(self.folder / CATALOG_FILE))


class SurveyWorker:
    def __init__(self, job: SurveyJob, catalog: Catalog) -> None:
        self._job, self._catalog = job, catalog

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        """Arrays of each piece of work in `partition`, packed: one, as `partition` has one row."""
        ((task, first, stop),) = zip(*(partition[name].to_pylist() for name in partition.column_names), strict=True)
        job = self._job
        tally = Tally(self._catalog, job.kinds, job.now, job.bot_share)
        with Dealer(spill_file(job.folder, task), SPILL_SCHEMA) as dealer:
            buffer = _Buffer(dealer)
            for piece in range(first, stop):
                for batch in job.log.read(piece):
                    if signals.stopping:
                        return pack_arrays({})
                    buffer.add(tally.add(batch))
                    signals.add(events_read=len(batch.table))
            buffer.flush()
        return pack_arrays({"slices": dealer.rows, **tally.arrays()})

    def close(self) -> None:
        pass


class _Buffer:
    """Gathers batches until they are worth dealing."""

    def __init__(self, dealer: Dealer) -> None:
        self._dealer, self._held, self._rows = dealer, list[CodedEvents](), 0

    def add(self, events: CodedEvents) -> None:
        self._held.append(events)
        self._rows += len(events)
        if self._rows >= BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        if self._rows:
            columns = [np.concatenate([getattr(one, name) for one in self._held]) for name in SPILL_SCHEMA.names]
            self._held, self._rows = [], 0
            self._dealer.deal(pa.table(columns, schema=SPILL_SCHEMA), slice_of(columns[0]))
