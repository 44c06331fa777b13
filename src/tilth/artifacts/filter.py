"""A student with its calibration and its threshold: what decides whether a pair is shown."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student import Prepared, Student
from tilth.errors import ArtifactError
from tilth.stats import Platt

FILE_NAME = "filter.json"
FORMAT = 1

Rows = NDArray[np.int64]


class FilterFile(msgspec.Struct, frozen=True):
    """`filter.json`, beside the student's own files."""

    format: int
    positive: str
    slope: float
    intercept: float
    threshold: float | None
    """On the student's raw score; None where none is certified."""
    certificate: dict[str, Any] | None
    trained_at: str


class _Head(msgspec.Struct, frozen=True):
    """What files of all formats have."""

    format: int


@dataclass(frozen=True)
class Decisions:
    """One entry per pair: the calibrated probability of the positive class, and whether the pair is dropped."""

    p: NDArray[np.float64]
    drop: NDArray[np.bool_]


@dataclass(frozen=True)
class Filter:
    """A student, the calibration of its raw score, and the raw score from which on pairs are dropped."""

    student: Student
    settings: FilterFile

    @property
    def calibrator(self) -> Platt:
        return Platt(self.settings.slope, self.settings.intercept)

    @property
    def threshold_p(self) -> float | None:
        """The threshold as a probability; None where none is certified."""
        if self.settings.threshold is None:
            return None
        return float(self.calibrator.apply(np.array([self.settings.threshold]))[0])

    def decide(self, raw: NDArray[np.float64], threshold_p: float | None = None) -> Decisions:
        """Decisions on raw scores, shape (n,); `threshold_p` replaces the certified threshold. Without either one,
        nothing is dropped."""
        p = self.calibrator.apply(raw)
        if threshold_p is not None:
            return Decisions(p, p >= threshold_p)
        if self.settings.threshold is None:
            return Decisions(p, np.zeros(len(raw), dtype=bool))
        return Decisions(p, raw >= self.settings.threshold)

    def score(self, prepared: Prepared, context_rows: Rows, item_rows: Rows) -> NDArray[np.float64]:
        """Calibrated probabilities of the pairs, shape (n,)."""
        return self.calibrator.apply(self.student.raw_scores(prepared, context_rows, item_rows))

    def save(self, folder: Path) -> None:
        # First away, last written: a threshold never stands beside a student that it was not certified for.
        (folder / FILE_NAME).unlink(missing_ok=True)
        self.student.save(folder)
        (folder / FILE_NAME).write_bytes(msgspec.json.format(msgspec.json.encode(self.settings), indent=2))

    @staticmethod
    def load(folder: Path) -> "Filter":
        """Raises:
        ArtifactError: the folder holds no student, or one that is damaged or of another format.
        """
        path = folder / FILE_NAME
        try:
            content = path.read_bytes()
            found = msgspec.json.decode(content, type=_Head).format
            if found != FORMAT:
                raise ArtifactError(f"{path}: has format {found}, this version of Tilth reads {FORMAT}")
            settings = msgspec.json.decode(content, type=FilterFile)
        except FileNotFoundError as exc:
            raise ArtifactError(f"{folder}: no student here\n  hint: run `tilth distill` first") from exc
        except (OSError, ValueError, RecursionError, msgspec.MsgspecError) as exc:
            raise ArtifactError(f"{path}: cannot be read: {exc}") from exc
        return Filter(Student.load(folder), settings)
