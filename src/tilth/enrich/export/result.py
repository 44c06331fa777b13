"""What an export gives back, and what an engine's format has to say before one is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tilth.records import Rule
from tilth.text import printable

SHOWN_CHARS = 40


@dataclass(frozen=True)
class Misfit:
    """A rule that an engine cannot take, why, and what to do about it."""

    rule: Rule
    reason: str
    advice: str

    def __str__(self) -> str:
        name, source, target = map(_shown, (self.rule.rule_id, self.rule.source, self.rule.target))
        return f"rule {name} ('{source}' to '{target}'): {self.reason}"

    def to_json(self) -> dict[str, Any]:
        return {
            "rule_id": self.rule.rule_id,
            "source": self.rule.source,
            "target": self.rule.target,
            "reason": self.reason,
            "advice": self.advice,
        }


@dataclass(frozen=True)
class Exported:
    """An export's files. `skipped` are the rules that did not fit, `notes` what a reader of the files must know."""

    format: str
    folder: Path
    files: tuple[Path, ...]
    rules: int
    skipped: tuple[Misfit, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "format": self.format,
            "folder": str(self.folder),
            "files": [str(path) for path in self.files],
            "rules": self.rules,
            "skipped": [misfit.to_json() for misfit in self.skipped],
            "notes": list(self.notes),
        }


def _nothing_bound(rule: Rule) -> str:  # noqa: ARG001 - no rule can
    return "which has no rules that are bound to a place in the query"


@dataclass(frozen=True)
class Engine:
    """One engine's format. `misfits` is asked first; `files` gets the rules that fit and the name that the engine will
    know them by, and gives the content of each file by its name."""

    misfits: Callable[[Sequence[Rule]], list[Misfit]]
    files: Callable[[Sequence[Rule], str], dict[str, bytes]]
    notes: Callable[[Sequence[Rule], str], list[str]]
    weights: bool = False
    """Whether weights go along."""
    unbound: Callable[[Rule], str | None] = _nothing_bound
    """Why a rule that is bound to the end of a query, or to all of it, cannot be; None where it can."""


def _shown(text: str) -> str:
    return printable(text if len(text) <= SHOWN_CHARS else text[:SHOWN_CHARS] + "...")
