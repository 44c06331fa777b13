"""All events of some users, in arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

NO_TIME = np.iinfo(np.int64).min
"""`ts` of an event without a usable time."""


@dataclass(frozen=True)
class UserBucket:
    """Every event of a bucket's users, sorted by user, then item, then ts. All arrays have shape (events,)."""

    user: NDArray[np.int64]
    """0, 1, ... within the bucket."""
    item: NDArray[np.int32]
    """Row of the item in the catalog, -1 where the catalog lacks it."""
    kind: NDArray[np.int8]
    """Index into `kinds`."""
    ts: NDArray[np.int64]
    """Microseconds since 1970 in UTC, `NO_TIME` where there is none."""
    value: NDArray[np.float64]
    """NaN where there is none."""
    group: int
    """The jackknife group that all these users are in, 0 to GROUPS - 1."""
    kinds: tuple[str, ...]
    """The kinds of the whole log, the same in every bucket."""

    def __len__(self) -> int:
        return len(self.user)

    def rows_of(self, kinds: tuple[str, ...]) -> NDArray[np.bool_]:
        """Which events are of one of these kinds."""
        wanted = np.array([kind in kinds for kind in self.kinds], np.bool_)
        return wanted[self.kind] if len(self) else np.zeros(0, np.bool_)


class Reducer(Protocol):
    """What else is worked out of every bucket, such as the measures of feedback: frozen and picklable."""

    @property
    def name(self) -> str: ...

    def __call__(self, bucket: UserBucket) -> Mapping[str, NDArray[np.generic]]:
        """Small arrays by name; `Interactions.reduced` has them of all buckets, in the order of the groups."""
        ...
