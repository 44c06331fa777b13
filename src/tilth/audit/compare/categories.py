"""Categories of two audits."""

from typing import Any

from tilth.audit.compare.comparison import CategoryChange
from tilth.audit.compare.sides import both
from tilth.audit.result import Audit


def category_changes(before: Audit, after: Audit) -> tuple[CategoryChange, ...]:
    """Every category of either audit whose figures differ, the greatest change in its count of cold items first."""
    first, second = _rows(before), _rows(after)
    changes = [
        CategoryChange(category, *(both(first.get(category), second.get(category), name) for name in NAMES))
        for category in dict.fromkeys([*first, *second])
        if first.get(category) != second.get(category)
    ]
    return tuple(
        sorted(changes, key=lambda one: (-abs((one.cold_items[1] or 0) - (one.cold_items[0] or 0)), one.category))
    )


NAMES = ("items", "cold_items", "cold_share", "events_share")


def _rows(audit: Audit) -> dict[str, dict[str, Any]]:
    table = audit.tables.get("categories")
    if table is None:
        return {}
    return {row["category"] or "": row for row in table.select(["category", *NAMES]).to_pylist()}
