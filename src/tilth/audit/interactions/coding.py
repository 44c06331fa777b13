"""A batch of events as arrays of numbers: what a survey counts and what is dealt to the slices."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.hashes import hash64
from tilth.audit.interactions.bucket import NO_TIME
from tilth.audit.interactions.catalog import Catalog
from tilth.audit.interactions.roles import MOST_LOCAL, OTHER_KINDS

SPILL_SCHEMA = pa.schema(
    [("user", pa.uint64()), ("item", pa.int32()), ("kind", pa.int16()), ("ts", pa.int64()), ("value", pa.float64())]
)
"""`user` is a hash of the id: two users fall together with a chance of n^2 / 2^65 among n, 3 in 10^8 for a million."""


@dataclass(frozen=True)
class CodedEvents:
    """All arrays have shape (events,)."""

    user: NDArray[np.uint64]
    item: NDArray[np.int32]
    kind: NDArray[np.int16]
    """Index into the coder's kinds."""
    ts: NDArray[np.int64]
    value: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.user)


class Coder:
    """Codes the batches of one piece of work; numbers kinds as they come."""

    def __init__(self, catalog: Catalog, roles: frozenset[str]) -> None:
        self._catalog, self._roles = catalog, roles
        self._kinds: dict[str, int] = {}

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self._kinds)

    def code(self, table: pa.Table) -> CodedEvents:
        """Of a table of `CODED_EVENT_SCHEMA`."""
        users, items, kinds = (table[name].combine_chunks() for name in ("user_id", "item_id", "kind"))
        numbers = np.array([self._kind(name) for name in kinds.dictionary.to_pylist()], np.int16)
        ts = pc.fill_null(table["ts"].cast(pa.int64()), NO_TIME)
        return CodedEvents(
            hash64(users.dictionary)[np.asarray(users.indices)],
            self._catalog.rows_of(items.dictionary)[np.asarray(items.indices)],
            numbers[np.asarray(kinds.indices)],
            np.asarray(ts, np.int64),
            np.asarray(pc.fill_null(table["value"], float("nan")), np.float64),
        )

    def _kind(self, name: str) -> int:
        if name not in self._kinds and name not in self._roles and len(self._kinds) >= MOST_LOCAL:
            name = OTHER_KINDS
        return self._kinds.setdefault(name, len(self._kinds))
