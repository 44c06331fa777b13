"""What the calls about batch files give back."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from tilth.llm.batch import BatchState, Exported, Imported, result_files


@dataclass(frozen=True)
class ExportRun:
    """An export: of which step's questions, for which LLM and model."""

    step: str
    llm: str
    model: str
    exported: Exported

    def to_json(self) -> dict[str, Any]:
        manifest, seen = self.exported.manifest, self.exported.seen
        return {
            "step": self.step,
            "llm": self.llm,
            "model": self.model,
            "folder": str(self.exported.folder) if manifest else None,
            "questions": seen.questions,
            "answered": seen.answered,
            "duplicates": seen.duplicates,
            "requests": self.exported.requests,
            "files": msgspec.to_builtins(manifest.files) if manifest else [],
            "too_large": msgspec.to_builtins(manifest.too_large) if manifest else [],
        }


@dataclass(frozen=True)
class ImportRun:
    """Results that were read. `left`: calls that a run of the step would still make, None where the gaps that the
    export was made for are not there any more; `full_price`: no discount is set.

    `problems` is the file that lists the lines without an answer; None where there were none.
    """

    step: str
    llm: str
    folder: Path
    imported: Imported
    left: int | None
    full_price: bool
    problems: Path | None

    @property
    def cost_usd(self) -> float | None:
        """What the new answers cost; None where the price of some is unknown."""
        return None if self.imported.unpriced else self.imported.cost_usd

    def to_json(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "llm": self.llm,
            "folder": str(self.folder),
            **self.imported.to_json(),
            "full_price": self.full_price,
            "still_to_ask": self.left,
            "problems_path": None if self.problems is None else str(self.problems),
        }


@dataclass(frozen=True)
class BatchRun:
    """How far an export of a step's questions is at the provider."""

    step: str
    folder: Path
    state: BatchState

    def to_json(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "folder": str(self.folder),
            "ended": self.state.ended,
            "files": msgspec.to_builtins(self.state.files),
            "results": [str(path) for path in result_files(self.folder)],
        }
