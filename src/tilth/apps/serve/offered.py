"""The entities that a request speaks of: rows of the store, or made ready from their own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.apps.serve.problems import RequestError
from tilth.artifacts import StoredSide
from tilth.artifacts.student import PreparedSide, Student
from tilth.client.messages import Attribute, Entity, Offered
from tilth.records import ENTITY_SCHEMA, Attributes, Entities, Role


@dataclass(frozen=True)
class Candidates:
    """`rows[i]` is the row of candidate i in the store, -1 where it is unknown or in its own words; those stand in
    `inline`, by their place."""

    ids: list[str | None]
    rows: NDArray[np.int64]
    inline: dict[int, Entity]


def find_candidates(side: StoredSide, offered: Sequence[Offered]) -> Candidates:
    """Look up what is named by id. Raises RequestError for an entity in its own words that says nothing."""
    inline = {place: one for place, one in enumerate(offered) if isinstance(one, Entity)}
    if not inline:
        ids = cast(list[str], list(offered))
        return Candidates(list[str | None](ids), side.index.rows_of(ids), inline)
    named = [place for place, one in enumerate(offered) if isinstance(one, str)]
    for place, entity in inline.items():
        check_inline(side, entity, f"candidates[{place}]")
    rows = np.full(len(offered), -1, dtype=np.int64)
    rows[named] = side.index.rows_of([one for one in offered if isinstance(one, str)])
    return Candidates([one.id if isinstance(one, Entity) else one for one in offered], rows, inline)


def holdout_key(offered: Offered) -> str:
    """What decides whether a context is in the holdout: its id, or else its words."""
    if isinstance(offered, str):
        return offered
    return offered.id or f"{offered.title}\n{offered.text}"


def check_inline(side: StoredSide, entity: Entity, place: str) -> None:
    """Raises:
    RequestError: it has neither texts nor attributes, or an attribute is not of the type that the student knows.
    """
    if not (entity.title or entity.text or entity.attributes):
        hint = "to name one that the store holds, give its id as a string"
        raise RequestError(422, "invalid_request", f"needs a title, a text or attributes; {hint}", place)
    known = side.kinds
    for name, value in entity.attributes.items():
        if name in known and value is not None and not _fits(known[name], value):
            what = f"this attribute is {_expected(known[name])} to the student that answers"
            raise RequestError(422, "invalid_request", what, f"{place}.attributes.{name}")


def size_of(entity: Entity) -> int:
    """Characters to be read."""
    size = len(entity.title) + len(entity.text)
    for value in entity.attributes.values():
        if isinstance(value, str):
            size += len(value)
        elif isinstance(value, list):
            size += sum(map(len, value))
    return size


def prepare_inline(student: Student, side: StoredSide, entities: Sequence[Entity]) -> PreparedSide:
    """Entities that passed `check_inline`, made ready as the store's are."""
    role: Role = side.prepared.entities.role
    ids = [str(place) for place in range(len(entities))]
    texts = {"id": ids, "title": [one.title for one in entities], "text": [one.text for one in entities]}
    columns: dict[str, pa.Array] = {"id": pa.array(ids, pa.string())}
    for name, kind in side.kinds.items():
        columns[name] = pa.array([one.attributes.get(name) for one in entities], kind)
    attributes = Attributes(role, pa.table(columns)) if len(columns) > 1 else None
    return student.prepare_side(Entities(role, pa.table(texts, schema=ENTITY_SCHEMA)), attributes)


def _expected(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "true or false"
    if pa.types.is_floating(kind):
        return "a number"
    return "a list of texts" if pa.types.is_list(kind) else "a text"


def _fits(kind: pa.DataType, value: Attribute) -> bool:
    if pa.types.is_boolean(kind):
        return isinstance(value, bool)
    if pa.types.is_floating(kind):
        return isinstance(value, float)
    return isinstance(value, list) if pa.types.is_list(kind) else isinstance(value, str)
