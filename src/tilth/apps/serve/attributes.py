"""Attributes that a caller gave and that this student does not look at: perhaps misspelt.

They are told of and counted, and not refused: which ones count is the artifact's matter, so that a reload would turn
requests that were right into errors.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tilth.artifacts import StoredSide
from tilth.artifacts.student import Student
from tilth.artifacts.student.attribute_values import plain
from tilth.client.messages import Entity, Offered
from tilth.records import Role

MAX_WARNINGS = 20
_SHOWN = 60


@dataclass(frozen=True)
class ClosedLists:
    """For each side the attributes of which only the listed values count, by name, in the order of the list."""

    contexts: dict[str, tuple[str, ...]]
    items: dict[str, tuple[str, ...]]


def closed_lists(student: Student) -> ClosedLists:
    return ClosedLists(_closed(student, "context"), _closed(student, "item"))


def _closed(student: Student, role: Role) -> dict[str, tuple[str, ...]]:
    """Of attributes with an order, that; of those that are only ever looked up in lists, what any of these holds."""
    lists: dict[str, list[tuple[str, ...]]] = {}
    ordered: dict[str, tuple[str, ...]] = {}
    for fitted in student.featurizer.comparisons:
        base = fitted.comparison
        name = base.context_attribute if role == "context" else base.item_attribute
        if not name:
            continue
        levels = fitted.context_levels if role == "context" else fitted.item_levels
        lists.setdefault(name, []).append(levels)
        if base.kind == "ordinal":
            ordered[name] = tuple(map(plain, base.order))
    only = {name: tuple(dict.fromkeys(sum(found, ()))) for name, found in lists.items() if all(found)}
    return only | ordered


def warnings(
    context_side: StoredSide, item_side: StoredSide, lists: ClosedLists, context: Offered, candidates: Sequence[Offered]
) -> list[str]:
    """One sentence for each name or value that was not looked at, at most `MAX_WARNINGS`."""
    given = ((context_side, lists.contexts, [context], "context"), (item_side, lists.items, candidates, "item"))
    found: dict[str, None] = {}
    for side, closed, offered, what in given:
        inline = [one for one in offered if isinstance(one, Entity) and one.attributes]
        if inline:
            found |= dict.fromkeys(_of_side(side, closed, inline, what))
    shown = list(found)[:MAX_WARNINGS]
    return [*shown, f"and {len(found) - len(shown)} more of the kind"] if len(found) > len(shown) else shown


def _of_side(
    side: StoredSide, closed: dict[str, tuple[str, ...]], entities: Sequence[Entity], what: str
) -> Iterator[str]:
    names = {name for one in entities for name in one.attributes}
    for name in sorted(names - side.kinds.keys()):
        known = ", ".join(sorted(side.kinds)) or "none"
        told = f"the {what}'s attribute '{name[:_SHOWN]}' is unknown to this student and was not looked at"
        yield f"{told}; known: {known}"
    for name in sorted(names & closed.keys() & side.kinds.keys()):
        values = {value for one in entities if isinstance(value := one.attributes.get(name), str)}
        for value in sorted(values):
            if plain(value) not in closed[name]:
                listed = ", ".join(closed[name])
                yield f"the {what}'s {name} '{value[:_SHOWN]}' is none of {listed}, and counts for nothing"
