"""The decision log: every candidate of every request, for replay and for later training."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from tilth.apps.serve.files import RotatedParquet
from tilth.apps.serve.guards import GUARDS
from tilth.apps.serve.scoring import STATUSES
from tilth.apps.serve.service import Answered
from tilth.client.messages import Entity

SCHEMA = pa.schema(
    [
        pa.field("at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("request_id", pa.string(), nullable=False),
        pa.field("context_id", pa.string()),
        pa.field("item_id", pa.string()),
        pa.field("position", pa.int32(), nullable=False),
        pa.field("p", pa.float64()),
        pa.field("would_drop", pa.bool_(), nullable=False),
        pa.field("keep", pa.bool_(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("guard", pa.string()),
        pa.field("mode", pa.string(), nullable=False),
        pa.field("artifact", pa.string(), nullable=False),
        pa.field("threshold", pa.string(), nullable=False),
        pa.field("entities", pa.string(), nullable=False),
    ]
)
"""`p` is null where `status` says why; `guard` says what kept a candidate with `would_drop`."""


class DecisionLog:
    """A sink (`background.Sink`) that writes decisions as Parquet."""

    def __init__(self, files: RotatedParquet) -> None:
        self._files = files

    def write(self, entries: list[Answered]) -> None:
        self._files.write(decision_table(entries))

    def idle(self) -> None:
        self._files.rotate_if_due()

    def close(self) -> None:
        self._files.finish()


def decision_table(entries: Sequence[Answered]) -> pa.Table:
    """One row per candidate, in the order of the requests."""
    counts = [len(entry.candidates.ids) for entry in entries]
    p = np.concatenate([entry.scored.p for entry in entries])
    status = np.concatenate([entry.scored.status for entry in entries])
    guards = np.concatenate([entry.guarded.guard for entry in entries])

    def each(values: Sequence[str | None]) -> pa.Array:
        return pa.array(values, pa.string()).take(pa.array(np.repeat(np.arange(len(entries)), counts)))

    at = np.repeat(np.array([round(entry.at * 1e6) for entry in entries], dtype=np.int64), counts)
    columns = {
        "at": pa.array(at).cast(SCHEMA.field("at").type),
        "request_id": each([entry.request_id for entry in entries]),
        "context_id": each([named(entry.context) for entry in entries]),
        "item_id": pa.array([one for entry in entries for one in entry.candidates.ids], pa.string()),
        "position": pa.array(np.concatenate([np.arange(count, dtype=np.int32) for count in counts])),
        "p": pa.array(p, mask=np.isnan(p)),
        "would_drop": pa.array(np.concatenate([entry.scored.drop for entry in entries])),
        "keep": pa.array(np.concatenate([entry.guarded.keep for entry in entries])),
        "status": pa.array(STATUSES, pa.string()).take(pa.array(status)),
        "guard": pa.array(GUARDS, pa.string()).take(pa.array(guards)),
        "mode": each([entry.guarded.mode for entry in entries]),
        "artifact": each([entry.loaded.versions.artifact for entry in entries]),
        "threshold": each([entry.loaded.versions.threshold for entry in entries]),
        "entities": each([entry.loaded.versions.entities for entry in entries]),
    }
    return pa.table(columns, schema=SCHEMA)


def named(offered: str | Entity) -> str | None:
    return offered if isinstance(offered, str) else offered.id
