"""What the survey found, of the whole log."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.config import KindsConfig
from tilth.audit.interactions.bucket import NO_TIME
from tilth.audit.interactions.roles import global_kinds
from tilth.audit.interactions.tally import (
    EXPOSURE,
    INTERACTION,
    LATEST,
    MOST_HEAVY,
    MOST_UNKNOWN,
    POSITIVE,
    ROLES,
    SHOWN,
    Counts,
    Remarks,
)
from tilth.audit.result import GROUPS
from tilth.audit.spill import SLICES
from tilth.audit.wire import unpack_arrays
from tilth.data import BadRows, merge_bad


@dataclass(frozen=True)
class Surveyed:
    """Arrays of shape (items,) unless said otherwise, in the catalog's order; times in microseconds since 1970.

    Memory: 4 bytes for each item, group, and role that the log has: 12 x GROUPS bytes an item at most.
    """

    counts: Counts
    start: int
    """Of the first usable time in the log; `NO_TIME` where there is none."""
    end: int
    slices: NDArray[np.int64]
    """Events of each slice, shape (SLICES,)."""
    events: NDArray[np.int32]
    """Interactions by jackknife group, shape (GROUPS, items)."""
    exposures: NDArray[np.int32]
    """Likewise; shape (0, items) where no exposure of a known item is logged."""
    positives: NDArray[np.int32]
    """Events of positive kinds, likewise."""
    seen: NDArray[np.int64]
    """First event of any kind, `NO_TIME` where there is none."""
    first: NDArray[np.int64]
    """First interaction."""
    last: NDArray[np.int64]
    kinds: tuple[str, ...]
    kind_events: tuple[int, ...]
    local_kinds: tuple[tuple[str, ...], ...]
    """The kinds as each piece of work numbered them."""
    bad: tuple[BadRows, ...]
    heavy: dict[str, str]
    unknown_items: int
    """Distinct ids that the catalog lacks, at most `MOST_UNKNOWN`."""
    unknown_shown: tuple[str, ...]

    @property
    def timed(self) -> bool:
        return self.start != NO_TIME

    @property
    def exposed(self) -> bool:
        """Whether the log says what was shown."""
        return len(self.exposures) > 0


class Merger:
    """Adds up what the pieces of work found, in their order."""

    def __init__(self, items: int, kinds: KindsConfig) -> None:
        self._items, self._kinds = items, kinds
        self._roles: dict[int, NDArray[np.int32]] = {}
        self._slices = np.zeros(SLICES, np.int64)
        self._seen, self._first = (np.full(items, LATEST, np.int64) for _ in range(2))
        self._last = np.full(items, NO_TIME, np.int64)
        self._counts, self._range = Counts(), (LATEST, NO_TIME)
        self._kind_events: dict[str, int] = {}
        self._local_kinds = list[tuple[str, ...]]()
        self._bad: tuple[BadRows, ...] = ()
        self._heavy: dict[str, str] = {}
        self._unknown = np.zeros(0, np.uint64)
        self._unknown_shown: dict[str, None] = {}

    def add(self, result: pa.Table) -> None:
        arrays = unpack_arrays(result)
        self._slices += arrays["slices"]
        self._counts = self._counts.plus(Counts(*arrays["counts"].tolist()))
        low, high = arrays["range"].tolist()
        self._range = (min(self._range[0], low), max(self._range[1], high))
        self._add_roles(arrays["role_keys"], arrays["role_counts"])
        touched = arrays["touched"]
        self._seen[touched] = np.minimum(self._seen[touched], arrays["seen"])
        self._first[touched] = np.minimum(self._first[touched], arrays["first"])
        self._last[touched] = np.maximum(self._last[touched], arrays["last"])
        self._unknown = np.union1d(self._unknown, arrays["unknown"])[:MOST_UNKNOWN]
        self._remark(msgspec.json.decode(arrays["remarks"].tobytes(), type=Remarks), arrays["kind_events"].tolist())

    def merged(self) -> Surveyed:
        kinds = global_kinds(self._kind_events, self._kinds)
        known = {kind: self._kind_events.get(kind, 0) for kind in kinds}
        rest = sum(self._kind_events.values()) - sum(known.values())
        start, end = self._range
        none = np.zeros((0, self._items), np.int32)
        return Surveyed(
            counts=self._counts,
            start=NO_TIME if end == NO_TIME else start,
            end=end,
            slices=self._slices,
            events=self._roles.get(INTERACTION, np.zeros((GROUPS, self._items), np.int32)),
            exposures=self._roles.get(EXPOSURE, none),
            positives=self._roles.get(POSITIVE, none),
            seen=np.where(self._seen == LATEST, NO_TIME, self._seen),
            first=np.where(self._first == LATEST, NO_TIME, self._first),
            last=self._last,
            kinds=kinds,
            kind_events=(*list(known.values())[:-1], known[kinds[-1]] + rest) if kinds else (),
            local_kinds=tuple(self._local_kinds),
            bad=self._bad,
            heavy=self._heavy,
            unknown_items=len(self._unknown),
            unknown_shown=tuple(self._unknown_shown)[:SHOWN],
        )

    def _add_roles(self, keys: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
        edges = np.searchsorted(keys, np.arange(ROLES + 1) * GROUPS * self._items)
        for role in range(ROLES):
            part = slice(edges[role], edges[role + 1])
            cells = keys[part] - role * GROUPS * self._items
            if len(cells):
                dense = self._roles.setdefault(role, np.zeros((GROUPS, self._items), np.int32))
                dense.reshape(-1)[cells] += counts[part].astype(np.int32)

    def _remark(self, remarks: Remarks, events: Iterable[int]) -> None:
        self._local_kinds.append(remarks.kinds)
        for kind, count in zip(remarks.kinds, events, strict=True):
            self._kind_events[kind] = self._kind_events.get(kind, 0) + count
        self._bad = merge_bad((*self._bad, *remarks.bad))
        if len(self._heavy) < MOST_HEAVY:
            self._heavy |= remarks.heavy
        self._unknown_shown |= dict.fromkeys(remarks.unknown)
