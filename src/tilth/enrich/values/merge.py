"""What was read and what exists, as one table; nothing that exists is overwritten unless somebody said so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.enrich.config import AttributeConfig
from tilth.enrich.schema import arrow_schema
from tilth.enrich.values.conflict import Conflict, Resolutions, Unsure, resolved
from tilth.enrich.values.existing import Existing
from tilth.enrich.values.parse import value_text
from tilth.enrich.values.same import same
from tilth.enrich.values.sure import Sure, sure_values
from tilth.records import Entities


@dataclass(frozen=True)
class Merged:
    """`table` is of `arrow_schema`: entities that were read, in that order, then those of which only existing values
    are known. `existing` counts the values that were there before, by attribute."""

    table: pa.Table
    conflicts: tuple[Conflict, ...]
    unsure: tuple[Unsure, ...]
    existing: dict[str, int]


def merge(
    attributes: Mapping[str, AttributeConfig],
    read: pa.Table,
    entities: Entities,
    existing: Mapping[str, Existing],
    *,
    min_confidence: float = 0.0,
    resolutions: Resolutions | None = None,
) -> Merged:
    """Values that were read (of `read_schema`) where they are sure enough, and existing ones, which come first.

    `existing` holds an attribute's column for all `entities`. A value that was read is used where the catalog has none;
    where it has another, or one that is no value of the attribute, both are a conflict, and the catalog's stays until a
    resolution says `read`. Entities that are no longer in the catalog keep what was read of them.
    """
    places = entities.rows_of(read["id"])
    more = _only_existing(existing, places, len(entities))
    rows = np.concatenate([places, more])
    columns: dict[str, Any] = {"id": [*read["id"].to_pylist(), *entities.ids.take(pa.array(more)).to_pylist()]}
    side, conflicts, unsure = _Side(entities, rows, columns["id"], resolutions or {}), list[Conflict](), list[Unsure]()
    for name, attribute in attributes.items():
        sure = sure_values(name, attribute, read, min_confidence, entities.role)
        unsure += sure.unsure
        columns[name] = sure.values + [None] * len(more)
        if name in existing:
            columns[name], found = _over(side, name, attribute, sure, existing[name])
            conflicts += found
    table = pa.table(columns, schema=arrow_schema(attributes))
    counts = {name: column.is_missing.count(False) for name, column in existing.items()}
    return Merged(table, tuple(conflicts), tuple(unsure), counts)


@dataclass(frozen=True)
class _Side:
    """The entities of the merged table: rows of the catalog (-1 where it knows them no more), and ids, (merged,)."""

    entities: Entities
    rows: NDArray[np.int64]
    ids: list[str]
    resolutions: Resolutions


def _only_existing(existing: Mapping[str, Existing], read: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Rows of entities that were not read and have an existing value."""
    some = np.zeros(count, dtype=bool)
    for column in existing.values():
        some |= ~np.asarray(column.is_missing, dtype=bool) | np.asarray([p is not None for p in column.problems], bool)
    some[read[read >= 0]] = False
    return np.flatnonzero(some)


def _over(
    side: _Side, name: str, attribute: AttributeConfig, sure: Sure, existing: Existing
) -> tuple[list[Any], list[Conflict]]:
    """The attribute's merged values, shape (merged,), and its conflicts."""
    values, conflicts = list[Any](), list[Conflict]()
    for place, row in enumerate(side.rows.tolist()):
        was_read = place < len(sure.values)
        said = sure.values[place] if was_read else None
        there = existing.values[row] if row >= 0 else None
        problem = existing.problems[row] if row >= 0 else None
        if problem is None and (there is None or said is None or said == [] or same(attribute, there, said)):
            values.append(said if there is None else there)
            continue
        share = sure.confidence[place] if was_read else None
        conflict = _conflict(side, place, name, existing.texts[row], value_text(said), share, problem)
        conflicts.append(conflict)
        values.append(said if conflict.resolution == "read" else there)
    return values, conflicts


def _conflict(
    side: _Side, place: int, name: str, existing: str, read: str, confidence: float | None, problem: str | None
) -> Conflict:
    row, rows = int(side.rows[place]), side.entities.file_rows
    key = (side.entities.role, side.ids[place], name)
    reason = "differs" if problem is None else f"the existing value {problem}"
    where = None if rows is None else int(rows[row])
    return Conflict(*key, existing, read, confidence, reason, where, resolved(key, (existing, read), side.resolutions))
