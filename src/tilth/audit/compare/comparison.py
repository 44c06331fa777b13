"""The result of comparing two audits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tilth.audit.definitions import Unit
from tilth.stats import Estimate

Verdict = Literal["better", "worse", "changed", "same", "no evidence", "not comparable"]
"""`better` and `worse` only where the interval excludes 0, or where nothing was drawn at random and the number itself
differs; `changed` likewise for a measure of which neither way is up. `same`: equal, and without each group too."""


@dataclass(frozen=True)
class MeasureChange:
    """A measure before and after. `difference` is after minus before with its paired interval, None where a side has
    no value; its ends are NaN where there is no interval, and `note` says why."""

    name: str
    where: str
    label: str
    unit: Unit
    before: float | None
    after: float | None
    difference: Estimate | None
    verdict: Verdict
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        return vars(self) | {"difference": None if self.difference is None else self.difference.to_json()}


@dataclass(frozen=True)
class CategoryChange:
    """A category before and after, without intervals: the tables carry none. None where it was not there."""

    category: str
    items: tuple[int | None, int | None]
    cold_items: tuple[int | None, int | None]
    cold_share: tuple[float | None, float | None]
    events_share: tuple[float | None, float | None]


GapState = Literal["gone", "smaller", "larger", "same", "new"]


@dataclass(frozen=True)
class GapChange:
    """A gap before and after, its size and its demand; None where it was not there."""

    gap_id: str
    step: str
    place: str
    unit: str
    state: GapState
    size: tuple[int | None, int | None]
    demand: tuple[float | None, float | None]


@dataclass(frozen=True)
class Comparison:
    """Measures of the whole first; categories by how much their count of cold items changed, gaps by their demand.

    `counts` by what was counted, before and after. `notes` say what stands against comparing the two.
    """

    counts: Mapping[str, tuple[int | None, int | None]]
    measures: tuple[MeasureChange, ...]
    categories: tuple[CategoryChange, ...]
    gaps: tuple[GapChange, ...]
    notes: tuple[str, ...]

    def tally(self) -> dict[Verdict, int]:
        """How many measures have each verdict; those that none has are left out."""
        found: dict[Verdict, int] = {}
        for change in self.measures:
            found[change.verdict] = found.get(change.verdict, 0) + 1
        return found

    def to_json(self) -> dict[str, Any]:
        """All fields; what is undefined is null."""
        return {
            "counts": dict(self.counts),
            "measures": [change.to_json() for change in self.measures],
            "categories": [vars(change) for change in self.categories],
            "gaps": [vars(change) for change in self.gaps],
            "notes": list(self.notes),
        }
