"""Gaps of two audits: what vanished, shrank, grew or is new."""

from typing import Any

from tilth.audit.compare.comparison import GapChange, GapState
from tilth.audit.compare.sides import both
from tilth.records import Gaps


def gap_changes(before: Gaps, after: Gaps) -> tuple[GapChange, ...]:
    """Every gap of either audit, told apart by its id; the greater demand (of the two) first."""
    first, second = _rows(before), _rows(after)
    changes = [_change(gap_id, first.get(gap_id), second.get(gap_id)) for gap_id in dict.fromkeys([*first, *second])]
    return tuple(sorted(changes, key=lambda one: (-max(one.demand[0] or 0.0, one.demand[1] or 0.0), one.gap_id)))


def _change(gap_id: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> GapChange:
    row = after or before or {}
    size, demand = both(before, after, "size"), both(before, after, "demand")
    return GapChange(gap_id, row["step"], row["place"], row["unit"], _state(*size), size, demand)


def _state(before: int | None, after: int | None) -> GapState:
    if before is None or after is None:
        return "new" if before is None else "gone"
    if before == after:
        return "same"
    return "smaller" if after < before else "larger"


def _rows(gaps: Gaps) -> dict[str, dict[str, Any]]:
    return {row["gap_id"]: row for row in gaps.table.to_pylist()}
