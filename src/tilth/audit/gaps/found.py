"""A gap before it is priced and ranked."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.records import GapStep

Unit = Literal["items", "queries", "pairs"]


@dataclass(frozen=True)
class Found:
    """A gap with its members.

    `ids` (members,) are item ids or queries; `demand` (members,) is what each carries, None without a log; `total` is
    what the whole log carries in the same unit. `calls` is how many questions filling it takes, `characters` how many
    characters of the user's data stand in one of them on average. `size` is that of the gap in its `unit`, the count
    of members if not said.
    """

    step: GapStep
    kind: str
    place: str
    unit: Unit
    ids: pa.Array
    demand: NDArray[np.float64] | None
    total: float | None
    calls: int
    characters: float
    reason: str
    category: str | None = None
    field: str | None = None
    size: int | None = None

    @property
    def gap_id(self) -> str:
        """The same for the same place in every audit: the kind, and a hash of where it lies."""
        # A gap of one category or field is known by these, so that a reworded place does not make it another.
        lies = (self.category, self.field) if (self.category, self.field) != (None, None) else (self.place,)
        digest = blake2b("\x1f".join(map(repr, (self.step, *lies))).encode(), digest_size=4).hexdigest()
        return f"{self.kind.replace('_', '-')}-{digest}"

    @property
    def carried(self) -> float | None:
        return None if self.demand is None else float(self.demand.sum())
