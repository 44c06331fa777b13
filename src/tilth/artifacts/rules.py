"""Proved rules in a folder, one generation after the other.

    rules/current.json            which generation is in force, and which were before it
    rules/000001/rules.parquet    the rules that were kept, each with its evidence
    rules/000001/proof.json       what was measured, with what

A generation is written whole before `current.json` names it, and neither changed nor deleted: rolling back only points
to an earlier one.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from tilth.data import read_json, read_parquet, write_json, write_parquet
from tilth.errors import ArtifactError, DataError
from tilth.records import RULE_SCHEMA, Rule, rules_of

POINTER, RULES, PROOF = "current.json", "rules.parquet", "proof.json"
FORMAT = 1


@dataclass(frozen=True)
class RuleSet:
    """One generation: `table` has the columns of `RULE_SCHEMA` and those of the evidence."""

    generation: str
    table: pa.Table
    proof: Mapping[str, Any]

    def rules(self) -> list[Rule]:
        return rules_of(self.table)


class _Pointer(msgspec.Struct, frozen=True):
    format: int = FORMAT
    generation: str | None = None
    before: list[str | None] = []
    """What was in force before, the latest last; None stands for no rules."""


class RuleSets:
    """The generations in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def generations(self) -> list[str]:
        """All that were ever written, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir() and path.name.isdigit())

    @property
    def in_force(self) -> str | None:
        """The generation that ships; None where no rules do.

        Raises:
            ArtifactError: the pointer is damaged.
        """
        return self._pointer().generation

    @property
    def has_pointer(self) -> bool:
        """Whether anything was ever in force here."""
        return (self.folder / POINTER).is_file()

    def current(self) -> RuleSet | None:
        """The generation that ships; None where no rules do.

        Raises:
            ArtifactError: it is damaged or missing.
        """
        name = self.in_force
        return self.load(name) if name is not None else None

    def load(self, generation: str) -> RuleSet:
        """Raises ArtifactError where there is no such generation, or it is damaged."""
        folder = self.folder / Path(generation).name
        try:
            table, proof = read_parquet(folder / RULES), read_json(folder / PROOF)
        except DataError as exc:
            raise ArtifactError(f"{folder}: {exc}\n  hint: prove the rules again") from exc
        missing = [name for name in RULE_SCHEMA.names if name not in table.column_names]
        if missing or not isinstance(proof, dict):
            raise ArtifactError(f"{folder}: is damaged\n  hint: prove the rules again")
        return RuleSet(generation, table, proof)

    def add(self, table: pa.Table, proof: Mapping[str, Any]) -> str:
        """Write a generation and return its name; it comes into force if it has rules.

        A proof that kept nothing is evidence, and no reason to take away what an earlier one showed to help.

        Raises:
            ArtifactError: the folder cannot be written, or another run is writing to it.
        """
        pointer, found = self._pointer(), self.generations()
        generation = f"{int(found[-1]) + 1 if found else 1:06d}"
        part = self.folder / f".{generation}.{os.getpid()}.part"
        try:
            shutil.rmtree(part, ignore_errors=True)
            write_parquet(table, part / RULES)
            write_json(proof, part / PROOF)
            part.rename(self.folder / generation)
        except (OSError, DataError) as exc:
            raise ArtifactError(f"{self.folder}: a set of rules cannot be written: {exc}") from exc
        if table.num_rows:
            self._point(_Pointer(generation=generation, before=[*pointer.before, pointer.generation]))
        return generation

    def roll_back(self) -> str | None:
        """Put back in force what was before, and return its name; None where that was no rules.

        Raises:
            ArtifactError: nothing was in force before.
        """
        pointer = self._pointer()
        if not pointer.before:
            raise ArtifactError(
                f"{self.folder}: there is nothing to go back to\n  hint: no set of rules has been in force here"
            )
        earlier = pointer.before[-1]
        if earlier is not None:
            self.load(earlier)
        self._point(_Pointer(generation=earlier, before=pointer.before[:-1]))
        return earlier

    def _pointer(self) -> _Pointer:
        path = self.folder / POINTER
        try:
            pointer = msgspec.json.decode(path.read_bytes(), type=_Pointer)
        except FileNotFoundError:
            return _Pointer()
        except (OSError, msgspec.MsgspecError) as exc:
            raise ArtifactError(f"{path}: cannot be read: {exc}") from exc
        if pointer.format != FORMAT:
            raise ArtifactError(f"{path}: was written by another version of Tilth")
        return pointer

    def _point(self, pointer: _Pointer) -> None:
        try:
            write_json(pointer, self.folder / POINTER)
        except DataError as exc:
            raise ArtifactError(str(exc)) from exc
