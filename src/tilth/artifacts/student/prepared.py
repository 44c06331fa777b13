"""Entities made ready for comparison, once for any number of pairs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.artifacts.student.characters import GramRows
from tilth.artifacts.student.lexical import Slots
from tilth.artifacts.student.views import View
from tilth.records import Entities


@dataclass(frozen=True)
class PreparedSide:
    """One side: per view its slots, n-grams and topics; per comparison the encoded attribute; vectors of the rest."""

    entities: Entities
    attributes: pa.Table | None
    slots: dict[View, Slots]
    grams: dict[View, GramRows]
    topics: dict[View, NDArray[np.float32]]
    compared: tuple[Any, ...]
    cooccurrence: NDArray[np.float32] | None
    encoded: NDArray[np.float32] | None

    def __len__(self) -> int:
        return len(self.entities)


@dataclass(frozen=True)
class Prepared:
    """Both sides. A server keeps `items` and makes a new one of these for each request's contexts."""

    contexts: PreparedSide
    items: PreparedSide
