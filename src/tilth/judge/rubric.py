"""A rubric: the task, the grades, the reasons and the wording, read from a versioned TOML file."""

import hashlib
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from tilth.errors import RubricError
from tilth.records import Positive


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    value: int
    label: str
    meaning: str


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    meaning: str


class PositiveClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which grades are the positive class (for a filter: the bad ones); exactly one of the two bounds."""

    name: str
    at_least: float | None = None
    below: float | None = None


class Prompt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    system: str
    context_name: str = "context"
    item_name: str = "item"
    max_chars: int = 8000
    """Each of the two texts is cut to this many characters."""


class RubricFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    version: str
    task: str
    positive: PositiveClass
    grades: list[Grade]
    prompt: Prompt
    reasons: list[Reason] = []


@dataclass(frozen=True)
class Rubric:
    """A checked rubric. `digest` is the SHA-256 of its content, so any change of it is seen."""

    file: RubricFile
    digest: str

    @property
    def name(self) -> str:
        return f"{self.file.id}@{self.file.version}"

    @property
    def positive(self) -> Positive:
        bounds = self.file.positive
        return Positive(bounds.name, at_least=bounds.at_least, below=bounds.below)

    @property
    def grades(self) -> frozenset[float]:
        return frozenset(float(grade.value) for grade in self.file.grades)

    def answer_schema(self) -> dict[str, Any]:
        """JSON schema of a structured answer: a grade of the list, p, and reasons of the list."""
        properties: dict[str, Any] = {
            "reasons": {"type": "array", "items": {"type": "string", "enum": [r.id for r in self.file.reasons]}},
            "grade": {"type": "integer", "enum": [g.value for g in self.file.grades]},
            "p": {"type": "number", "minimum": 0, "maximum": 1},
        }
        if not self.file.reasons:
            del properties["reasons"]
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }


def shipped_rubrics() -> list[str]:
    """Names of the rubrics that come with Tilth."""
    folder = resources.files("tilth.judge") / "rubrics"
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load_rubric(name: str, *, base: Path) -> Rubric:
    """A shipped rubric by its name, or a file: a path relative to `base` that ends in .toml.

    Raises:
        RubricError: the file is missing, not TOML, has unknown or missing keys, or contradicts itself.
    """
    if name.endswith(".toml"):
        place, content = str(base / name), _read(base / name)
    elif name in shipped_rubrics():
        place = f"shipped rubric '{name}'"
        content = (resources.files("tilth.judge") / "rubrics" / f"{name}.toml").read_bytes()
    else:
        shipped = ", ".join(shipped_rubrics())
        raise RubricError(f"no rubric '{name}'\n  hint: give the path of a .toml file, or one of: {shipped}")
    file = _parse(content, place)
    _refuse_contradictions(file, place)
    return Rubric(file, hashlib.sha256(msgspec.json.encode(file, order="deterministic")).hexdigest())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise RubricError(f"{path}: cannot be read: {exc.strerror}") from exc


def _parse(content: bytes, place: str) -> RubricFile:
    try:
        return msgspec.convert(tomllib.loads(content.decode("utf-8")), RubricFile)
    except UnicodeDecodeError as exc:
        raise RubricError(f"{place}: is not UTF-8") from exc
    except tomllib.TOMLDecodeError as exc:
        raise RubricError(f"{place}: is not TOML: {exc}") from exc
    except msgspec.ValidationError as exc:
        raise RubricError(f"{place}: {exc}") from exc


def _refuse_contradictions(file: RubricFile, place: str) -> None:
    values = [grade.value for grade in file.grades]
    reasons = [reason.id for reason in file.reasons]
    if (file.positive.at_least is None) == (file.positive.below is None):
        raise RubricError(f"{place}: [positive] needs either at_least or below, and not both")
    for what, names in (("grade", values), ("reason", reasons)):
        if len(set(names)) != len(names):
            raise RubricError(f"{place}: a {what} is listed twice")
    bounds = file.positive
    positive = [v for v in values if (v >= bounds.at_least if bounds.at_least is not None else v < (bounds.below or 0))]
    if not positive or len(positive) == len(values):
        raise RubricError(f"{place}: [positive] must take in some of the grades and not all of them")
    if file.prompt.context_name == file.prompt.item_name:
        raise RubricError(f"{place}: prompt.context_name and prompt.item_name must differ")
    if file.prompt.max_chars < 1:
        raise RubricError(f"{place}: prompt.max_chars must be at least 1")
