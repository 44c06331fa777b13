"""The second job: what is worked out of all events of a user at once, bucket by bucket."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.interactions.bucket import Reducer
from tilth.audit.interactions.earliest import earliest
from tilth.audit.interactions.gather import Gathered, gather
from tilth.audit.interactions.people import people
from tilth.audit.interactions.plan import Plan, Shared
from tilth.audit.interactions.roles import recode
from tilth.audit.interactions.taste import taste
from tilth.audit.interactions.timeline import timeline
from tilth.audit.spill import SLICES_A_GROUP, read_slices, runs_of_slices
from tilth.audit.wire import pack_arrays
from tilth.engine import Signals

BUCKET_ROWS = 500_000
"""Events that a bucket has at most, unless a single slice has more."""


def user_tasks(slices: NDArray[np.int64]) -> pa.Table:
    """A row for each bucket: its slices, `first` to `stop` (exclusive)."""
    runs = runs_of_slices(slices, BUCKET_ROWS)
    return pa.table(
        {
            "first": pa.array([run[0] for run in runs], pa.int64()),
            "stop": pa.array([run[1] for run in runs], pa.int64()),
        }
    )


@dataclass(frozen=True)
class UsersJob:
    """`folder` has the arrays of `Shared` and the spilled files."""

    plan: Plan
    files: tuple[Path, ...]
    local_kinds: tuple[tuple[str, ...], ...]
    """Of each file."""
    reducers: tuple[Reducer, ...]
    folder: Path

    def open(self) -> "UsersWorker":
        codes = [recode(local, self.plan.kinds) for local in self.local_kinds]
        return UsersWorker(self, codes, Shared.read(self.folder))


class UsersWorker:
    def __init__(self, job: UsersJob, codes: list[NDArray[np.int8]], shared: Shared) -> None:
        self._job, self._codes, self._shared = job, codes, shared
        self._edges = np.array(job.plan.edges, np.int64)

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        """Arrays of the bucket in `partition`, which has one row, packed."""
        first, stop = partition["first"][0].as_py(), partition["stop"][0].as_py()
        plan, items = self._job.plan, self._shared.events.shape[1]
        tables = read_slices(self._job.files, first, stop)
        gathered = gather(tables, self._codes, kinds=plan.kinds, group=first // SLICES_A_GROUP, items=items)
        found = {"group": np.array(gathered.bucket.group), **self._own(gathered)}
        for reducer in self._job.reducers:
            part = reducer(gathered.bucket)
            found |= {f"{reducer.name}/{name}": array for name, array in part.items()}
        signals.add(events_grouped=len(gathered.bucket))
        return pack_arrays(found)

    def close(self) -> None:
        pass

    def _own(self, gathered: Gathered) -> dict[str, NDArray[Any]]:
        plan, shared, bucket = self._job.plan, self._shared, gathered.bucket
        exposure = bucket.rows_of(plan.config.kinds.exposure)
        interaction = ~exposure
        return {
            **_giants(gathered, plan.giant),
            "duplicates": np.array(gathered.duplicates),
            **people(bucket, interaction, shared.events.shape[1]),
            **taste(bucket, exposure if plan.shown else interaction, shared, plan.config),
            **timeline(bucket, interaction, shared, self._edges, plan.categories),
            **earliest(bucket, interaction, shared, 2 * plan.config.first_k),
        }


def _giants(gathered: Gathered, most: int) -> dict[str, NDArray[Any]]:
    """Users with more than `most` events."""
    events = np.bincount(gathered.bucket.user, minlength=len(gathered.users))
    giant = np.flatnonzero(events > most)
    return {"giant": gathered.users[giant], "giant_events": events[giant]}
