"""What reading results gave."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Problem:
    """A line of a result file that brought no answer. `fingerprint` is None where the line names none."""

    path: Path
    line: int
    reason: str
    detail: str
    fingerprint: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "path": str(self.path)}


@dataclass
class Imported:
    """Counts, updated in place while results are read.

    Of the `exported` requests `answered` have an answer in the store now, `known` of these since before; `failed` says
    for how many of the others which failure was read, and `missing` had no usable line at all. `ignored` counts lines
    that told nothing: not readable, too long, of no request of the export, or a second one for a request.
    Tokens and `cost_usd` are of the answers that are new; `unpriced` of them are missing from `cost_usd`.
    """

    exported: int = 0
    answered: int = 0
    known: int = 0
    missing: int = 0
    failed: Counter[str] = field(default_factory=Counter[str])
    ignored: Counter[str] = field(default_factory=Counter[str])
    files: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0
    unpriced: int = 0

    @property
    def new(self) -> int:
        return self.answered - self.known

    def to_json(self) -> dict[str, Any]:
        cost = None if self.unpriced else self.cost_usd
        return {**vars(self), "failed": dict(self.failed), "ignored": dict(self.ignored), "cost_usd": cost}
