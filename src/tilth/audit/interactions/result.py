"""What the parts of an audit that need the interactions are given of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Interactions:
    """Per item of the catalog, shape (items,), in its order; `counts` of the log."""

    events: NDArray[np.int64]
    """Interactions: events that are no mere exposure."""
    users: NDArray[np.int64]
    """Distinct users with an interaction."""
    exposures: NDArray[np.int64]
    first_ts: NDArray[np.int64]
    """Of the first interaction, microseconds since 1970; `NO_TIME` where there is none."""
    kinds: tuple[str, ...]
    counts: Mapping[str, int]
    """events (all rows), interactions, exposures, users, pairs, items, known_items."""
    reduced: Mapping[str, tuple[Mapping[str, NDArray[np.generic]], ...]] = field(
        default_factory=dict[str, tuple[Mapping[str, NDArray[np.generic]], ...]]
    )
    """By reducer, what it made of each bucket."""
