"""Comparing two audits."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tilth.audit.compare.categories import category_changes
from tilth.audit.compare.comparison import Comparison
from tilth.audit.compare.gap_changes import gap_changes
from tilth.audit.compare.length import grows, unequal_lengths
from tilth.audit.compare.measures import measure_changes
from tilth.audit.result import Audit


def compare(before: Audit, after: Audit) -> Comparison:
    """What changed from one audit to a later one. Nothing is refused: what makes the two hard to compare is noted.

    Users are dealt into the same groups in all audits, so a difference is taken group by group: it is paired for users
    who stand in both logs.
    """
    unequal = unequal_lengths(before, after)
    names = [*before.counts, *(name for name in after.counts if name not in before.counts)]
    found = Comparison(
        counts={name: (before.counts.get(name), after.counts.get(name)) for name in names},
        measures=measure_changes(before, after, unequal),
        categories=category_changes(before, after),
        gaps=gap_changes(before, after),
        notes=(),
    )
    notes = (*_length_notes(found, unequal), *_notes(before, after), *_test_notes(found))
    return replace(found, notes=notes)


def _length_notes(found: Comparison, unequal: Mapping[str, str]) -> Iterator[str]:
    for log, said in unequal.items():
        left = sum(change.difference is not None and grows(change.name) == log for change in found.measures)
        if left:
            yield (
                f"the logs are of unequal length ({said}): what moves with that alone has no verdict ({left} of "
                f"{len(found.measures)} measures); to compare it, audit stretches of equal length"
            )


def _test_notes(found: Comparison) -> Iterator[str]:
    if found.tests > 1:
        yield (
            f"{found.tests} measures were tested, each at 5 %: where nothing changed, about {found.tests / 20:.1f} "
            "would still seem to have"
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
        if isinstance(value, Mapping):
            found |= _flat(value, f"{name}.")
        else:  # a list, once it was written and read
            found[name] = list(value) if isinstance(value, tuple) else value
    return found
