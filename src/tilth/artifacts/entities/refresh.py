"""A side prepared again: only those entities anew whose content is another than before."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.artifacts.entities.contents import content_hashes
from tilth.artifacts.entities.rows import stacked, taken
from tilth.artifacts.entities.store import PACKED, StoredSide
from tilth.artifacts.student import PreparedSide, Student
from tilth.records import Attributes, Entities

_SHARE = 0.5
"""Where more than this share is new, everything is prepared: that costs little more and copies nothing."""


@dataclass(frozen=True)
class Refreshed:
    """The side as `Student.prepare_side` makes it, and how many of its entities were prepared anew."""

    side: PreparedSide
    anew: int


def refresh_side(
    student: Student, before: StoredSide | None, entities: Entities, attributes: Attributes | None
) -> Refreshed:
    """`before` is the side of a store of the same student, None where there is none to go by."""
    table = attributes.aligned_to(entities) if attributes is not None else None
    old = _unchanged(before, entities, table)
    new = np.flatnonzero(old < 0)
    if before is None or len(new) > _SHARE * len(entities):
        return Refreshed(student.prepare_side(entities, attributes), len(entities))
    rows = old.copy()
    rows[new] = len(before.prepared) + np.arange(len(new))
    fresh = student.prepare_side(entities.take(new), attributes) if len(new) else None
    parts: dict[str, Any] = {}
    for name in PACKED:
        kept = getattr(before.prepared, name)
        parts[name] = taken(kept if fresh is None else stacked([kept, getattr(fresh, name)]), rows)
    return Refreshed(PreparedSide(entities=entities, attributes=table, **parts), len(new))


def _unchanged(before: StoredSide | None, entities: Entities, table: pa.Table | None) -> NDArray[np.int64]:
    """For each entity the row in `before` that was made of the same content, -1 where there is none."""
    nothing = np.full(len(entities), -1, dtype=np.int64)
    if before is None or before.contents is None or not len(before.prepared):
        return nothing
    rows = before.index.rows_of(entities.ids.to_pylist())
    same = (before.contents[rows] == content_hashes(entities, table)).all(axis=1)
    return np.where((rows >= 0) & same, rows, nothing)
