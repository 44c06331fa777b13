"""Prepared entities in a folder beside the student, one generation after the other.

    student/entities/current.json      which generation is valid, and the student that it was made for
    student/entities/00000003/item/    arrays (.npy), ids and texts (Arrow), what is what (side.json)

A generation is written whole before `current.json` names it, and never changed: a server that has mapped the one before
goes on with it until it reloads.
"""

import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.artifacts.entities.contents import content_hashes
from tilth.artifacts.entities.ids import IdIndex
from tilth.artifacts.entities.pack import pack, unpack
from tilth.artifacts.student import Prepared, PreparedSide
from tilth.errors import ArtifactError
from tilth.records import Entities, Role

FOLDER = "entities"
POINTER = "current.json"
FORMAT = 1
KEPT = 2
"""Generations that stay on disk: the valid one, and the one that servers may still have to map."""

PACKED = ("slots", "grams", "topics", "compared", "cooccurrence", "encoded")


@dataclass(frozen=True)
class StoredSide:
    """One side as prepared, with the index from ids to its rows."""

    prepared: PreparedSide
    index: IdIndex
    contents: NDArray[np.uint8] | None
    """`content_hashes` of the entities; None in stores of earlier versions."""

    @cached_property
    def kinds(self) -> dict[str, pa.DataType]:
        """The type of each attribute that its entities have, by name."""
        table = self.prepared.attributes
        return {} if table is None else {field.name: field.type for field in table.schema}


@dataclass(frozen=True)
class EntityStore:
    """Both sides of a generation."""

    contexts: StoredSide
    items: StoredSide
    generation: str


class _Pointer(msgspec.Struct, frozen=True):
    format: int
    generation: str
    student: str


def write_store(student_folder: Path, student: str, prepared: Prepared) -> str:
    """Write both sides as a new generation for the student of that version, make it the valid one, return its name.

    Raises:
        ArtifactError: the folder cannot be written, or another run is writing to it.
    """
    folder = student_folder / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = _generations(folder)
        generation = f"{int(found[-1]) + 1 if found else 1:08d}"
        part = folder / f".{generation}.{os.getpid()}.part"
        shutil.rmtree(part, ignore_errors=True)
        _write_side(part / "context", prepared.contexts)
        _write_side(part / "item", prepared.items)
        part.rename(folder / generation)
        _point(folder, _Pointer(FORMAT, generation, student))
        for old in found[: max(len(found) + 1 - KEPT, 0)]:
            shutil.rmtree(folder / old, ignore_errors=True)
    except OSError as exc:
        raise ArtifactError(f"{folder}: the entity store cannot be written: {exc}") from exc
    return generation


def load_store(student_folder: Path, student: str) -> EntityStore:
    """The valid generation, mapped.

    Raises:
        ArtifactError: there is none, it is damaged, or it was made for another student than the one of that version.
    """
    path = student_folder / FOLDER / POINTER
    try:
        pointer = msgspec.json.decode(path.read_bytes(), type=_Pointer)
    except FileNotFoundError as exc:
        raise ArtifactError(f"{student_folder}: has no entity store\n  hint: run `tilth serve index` first") from exc
    except (OSError, msgspec.MsgspecError) as exc:
        raise ArtifactError(f"{path}: cannot be read: {exc}\n  hint: run `tilth serve index` again") from exc
    if pointer.format != FORMAT or pointer.student != student:
        raise ArtifactError(f"{path}: belongs to another student\n  hint: run `tilth serve index` again")
    folder = student_folder / FOLDER / Path(pointer.generation).name
    return EntityStore(_read_side(folder / "context"), _read_side(folder / "item"), pointer.generation)


def _generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name.isdigit())


def _point(folder: Path, pointer: _Pointer) -> None:
    part = folder / f".{POINTER}.{os.getpid()}.part"
    part.write_bytes(msgspec.json.encode(pointer))
    part.replace(folder / POINTER)


def _write_side(folder: Path, side: PreparedSide) -> None:
    folder.mkdir(parents=True)
    _write_table(folder / "entities.arrow", side.entities.table)
    if side.attributes is not None:
        _write_table(folder / "attributes.arrow", side.attributes)
    index = IdIndex.of(side.entities.table["id"].to_pylist())
    outline: dict[str, Any] = {
        "role": side.entities.role,
        "attributes": side.attributes is not None,
        "index": pack((index.hashes, index.rows, index.ends, index.letters), folder, "index"),
        "contents": pack(content_hashes(side.entities, side.attributes), folder, "contents"),
        "prepared": {name: pack(getattr(side, name), folder, name) for name in PACKED},
    }
    (folder / "side.json").write_bytes(msgspec.json.encode(outline))


def _read_side(folder: Path) -> StoredSide:
    path = folder / "side.json"
    try:
        outline = msgspec.json.decode(path.read_bytes())
        table = _read_table(folder / "entities.arrow")
        index = IdIndex(*unpack(outline["index"], folder))
        parts = {name: unpack(outline["prepared"][name], folder) for name in PACKED}
        contents = unpack(outline.get("contents"), folder)
        role: Role = msgspec.convert(outline["role"], Role)
        attributes = _read_table(folder / "attributes.arrow") if outline["attributes"] else None
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException, msgspec.MsgspecError) as exc:
        raise ArtifactError(f"{path}: is damaged: {exc}\n  hint: run `tilth serve index` again") from exc
    prepared = PreparedSide(entities=Entities(role, table), attributes=attributes, **parts)
    return StoredSide(prepared, index, contents)


def _write_table(path: Path, table: pa.Table) -> None:
    whole = table.combine_chunks()
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, whole.schema) as writer:
        writer.write_table(whole)


def _read_table(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).read_all()
