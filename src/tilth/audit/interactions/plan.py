"""What the second job needs of the first: small things in the job itself, arrays in files that all workers map."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tilth.audit.config import AuditConfig


@dataclass(frozen=True)
class Plan:
    """The small things. Picklable."""

    kinds: tuple[str, ...]
    edges: tuple[int, ...]
    """Of the windows, microseconds since 1970; none where the log has no times."""
    categories: int
    """How many there are to count in."""
    shown: bool
    """Whether exposures are logged; else what users acted on stands for what they saw."""
    giant: int
    """A user with more events than this is reported."""
    config: AuditConfig

    @property
    def windows(self) -> int:
        return max(len(self.edges) - 1, 0)


@dataclass(frozen=True)
class Shared:
    """The arrays."""

    events: NDArray[np.int32]
    """Interactions, shape (GROUPS, items)."""
    tail: NDArray[np.bool_]
    """Which items are the long tail without each group, and last with all; shape (GROUPS + 1, items)."""
    category: NDArray[np.int32]
    """Index of each item's category, shape (items,)."""
    new: NDArray[np.bool_]
    """Which items came up while the log ran, shape (items,)."""

    def write(self, folder: Path) -> None:
        for name in self.__dataclass_fields__:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def read(cls, folder: Path) -> "Shared":
        names = cls.__dataclass_fields__
        return cls(*(np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)) for name in names))
