"""Comparing two audits."""

from collections.abc import Mapping
from typing import Any

from tilth.audit.compare.categories import category_changes
from tilth.audit.compare.comparison import Comparison
from tilth.audit.compare.gap_changes import gap_changes
from tilth.audit.compare.measures import measure_changes
from tilth.audit.result import Audit


def compare(before: Audit, after: Audit) -> Comparison:
    """What changed from one audit to a later one. Nothing is refused: what makes the two hard to compare is noted.

    Users are dealt into the same groups in all audits, so a difference is taken group by group: it is paired for users
    who stand in both logs.
    """
    names = [*before.counts, *(name for name in after.counts if name not in before.counts)]
    return Comparison(
        counts={name: (before.counts.get(name), after.counts.get(name)) for name in names},
        measures=measure_changes(before, after),
        categories=category_changes(before, after),
        gaps=gap_changes(before.gaps, after.gaps),
        notes=tuple(_notes(before, after)),
    )


def _notes(before: Audit, after: Audit) -> list[str]:
    first, second = _flat(before.settings), _flat(after.settings)
    differing = [
        f"{key}: {_said(first.get(key))}, then {_said(second.get(key))}"
        for key in sorted(first.keys() | second.keys())
        if first.get(key) != second.get(key)
    ]
    notes = [f"the settings differ, and figures may for that alone: {'; '.join(differing)}"] if differing else []
    one_sided = sorted({measure.name.partition(".")[0] for measure in before.measures} ^ _groups(after))
    if one_sided:
        notes.append(f"measured in one of the two only: {', '.join(one_sided)}")
    if before.created_at > after.created_at:
        notes.append("the first audit is the later one: is the order as meant?")
    return notes


def _groups(audit: Audit) -> set[str]:
    return {measure.name.partition(".")[0] for measure in audit.measures}


def _said(value: Any) -> str:
    return "not set" if value is None else str(value)


def _flat(settings: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in settings.items():
        name = f"{above}{key}"
        found |= _flat(value, f"{name}.") if isinstance(value, Mapping) else {name: value}
    return found
