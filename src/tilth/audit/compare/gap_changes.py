"""Gaps of two audits: what vanished, shrank, grew or is new."""

from typing import Any

from tilth.audit.compare.comparison import GapChange, GapState
from tilth.audit.compare.sides import both
from tilth.audit.result import Audit
from tilth.records import Gaps

FOUND_IN = {
    "thin_field": ("thin_items",),
    "cold_items": ("items",),
    "zero_result_queries": ("queries",),
    "unmet_queries": ("queries",),
    "unreached_items": ("unreached_items",),
    "unasked_items": ("supply",),
    "unlabelled_pairs": ("items", "feedback"),
}
"""By kind of gap, the tables without which an audit cannot find one."""


def gap_changes(before: Audit, after: Audit) -> tuple[GapChange, ...]:
    """Every gap of either audit, told apart by its id; the greater demand (of the two) first."""
    first, second = _rows(before.gaps), _rows(after.gaps)
    changes = [
        _change(before, after, first.get(gap_id), second.get(gap_id)) for gap_id in dict.fromkeys([*first, *second])
    ]
    return tuple(sorted(changes, key=lambda one: (-max(one.demand[0] or 0.0, one.demand[1] or 0.0), one.gap_id)))


def _change(before: Audit, after: Audit, first: dict[str, Any] | None, second: dict[str, Any] | None) -> GapChange:
    row = second or first or {}
    size, demand = both(first, second, "size"), both(first, second, "demand")
    lacking = before if first is None else after if second is None else None
    if lacking is not None and not _looked(lacking, row["kind"]):
        state: GapState = "not measured"
    else:
        state = _state(*size)
    return GapChange(row["gap_id"], row["step"], row["place"], row["unit"], state, size, demand)


def _looked(audit: Audit, kind: str) -> bool:
    return all(table in audit.tables for table in FOUND_IN.get(kind, ()))


def _state(before: int | None, after: int | None) -> GapState:
    if before is None or after is None:
        return "new" if before is None else "gone"
    if before == after:
        return "same"
    return "smaller" if after < before else "larger"


def _rows(gaps: Gaps) -> dict[str, dict[str, Any]]:
    return {row["gap_id"]: row for row in gaps.table.to_pylist()}
