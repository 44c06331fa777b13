"""What the calls of a project give back."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tilth.apps.project.progress import known_cost
from tilth.data import BadRows, Reject
from tilth.enrich import Failure
from tilth.llm import Tally


@dataclass(frozen=True)
class Check:
    """How many records there are of each kind, and what is wrong with the others."""

    counts: dict[str, int]
    rejects: tuple[Reject, ...]
    rejects_path: Path
    warnings: tuple[str, ...]
    bad_rows: tuple[BadRows, ...] = ()
    """Rows of the logs, counted by what is wrong with them; of those `kept` only a value is left out."""

    @property
    def unusable(self) -> int:
        """How many rows of all files cannot be used."""
        return len(self.rejects) + sum(bad.count for bad in self.bad_rows if not bad.kept)

    def to_json(self) -> dict[str, Any]:
        return {
            "counts": self.counts,
            "rejected": len(self.rejects),
            "rejects_path": str(self.rejects_path),
            "rejects": [asdict(reject) for reject in self.rejects],
            "bad_rows": [asdict(bad) for bad in self.bad_rows],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True)
class JudgeRun:
    """One teacher's labelling run. `positive_share` is the share of the labelled pairs in the positive class."""

    teacher: str
    pairs: int
    labelled: int
    positive: str
    positive_share: float
    failures: dict[str, int]
    tally: Tally
    labels_cost_usd: float | None
    """What the labels cost when they were asked for, whichever run that was; None where unknown."""
    path: Path
    stopped: str | None = None
    """Why `tally.left` pairs were not asked; None where all were."""

    @property
    def name(self) -> str:
        return self.teacher

    @property
    def cost_usd(self) -> float | None:
        return known_cost(self.tally)

    def to_json(self) -> dict[str, Any]:
        return {
            "teacher": self.teacher,
            "pairs": self.pairs,
            "labelled": self.labelled,
            "positive": self.positive,
            "positive_share": self.positive_share,
            "failures": self.failures,
            **tally_json(self.tally),
            "labels_cost_usd": self.labels_cost_usd,
            "stopped": self.stopped,
            "path": str(self.path),
        }


@dataclass(frozen=True)
class ReadingRun:
    """The attributes read out of one side. `filled`: share of the entities asked about each that state it.

    `repeats` answers were asked for each of the `asked` entities; of `complete` ones nothing was missing. `agreement`:
    mean share of the answers that gave a value, by attribute (elements of a list counted one by one). `existing`
    counts the values that the catalog holds, `conflicts` those that what was read contradicts (`open_conflicts` nobody
    has resolved), `unsure` the values that became null for lack of confidence.
    """

    role: str
    asked: int
    read: int
    filled: dict[str, float]
    failures: tuple[Failure, ...]
    tally: Tally
    path: Path
    stopped: str | None = None
    repeats: int = 1
    complete: int = 0
    agreement: dict[str, float] = field(default_factory=dict[str, float])
    existing: dict[str, int] = field(default_factory=dict[str, int])
    conflicts: int = 0
    open_conflicts: int = 0
    unsure: int = 0

    @property
    def name(self) -> str:
        return self.role

    @property
    def cost_usd(self) -> float | None:
        return known_cost(self.tally)

    def to_json(self) -> dict[str, Any]:
        return {
            "role": self.role,
            "entities": self.asked,
            "read": self.read,
            "filled": self.filled,
            "failures": [asdict(failure) for failure in self.failures],
            **tally_json(self.tally),
            "stopped": self.stopped,
            "path": str(self.path),
            "repeats": self.repeats,
            "complete": self.complete,
            "agreement": self.agreement,
            "existing": self.existing,
            "conflicts": self.conflicts,
            "open_conflicts": self.open_conflicts,
            "unsure": self.unsure,
        }


@dataclass(frozen=True)
class Filtered:
    """What the filter decided about a file of pairs. `unknown` pairs could not be scored and are kept."""

    n: int
    dropped: int
    unknown: int
    threshold_p: float | None
    seconds: float
    path: Path
    notes: tuple[str, ...]

    @property
    def dropped_share(self) -> float:
        return self.dropped / self.n if self.n else 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "dropped": self.dropped,
            "dropped_share": self.dropped_share,
            "unknown": self.unknown,
            "threshold_p": self.threshold_p,
            "seconds": self.seconds,
            "pairs_per_second": self.n / self.seconds if self.seconds else None,
            "path": str(self.path),
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Indexed:
    """What stands in the entity store now."""

    contexts: int
    items: int
    prepared: int
    """How many of them were prepared anew; the others are as they were in the store before."""
    generation: str
    seconds: float
    path: Path

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "path": str(self.path)}


def tally_json(tally: Tally) -> dict[str, Any]:
    return {**vars(tally), "cost_usd": known_cost(tally)}
