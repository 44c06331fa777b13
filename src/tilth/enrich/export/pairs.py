"""Rules as what stands for what, with two-way rules taken both ways, and gathered as far as they allow it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tilth.records import Rule, RuleKind


@dataclass(frozen=True)
class Target:
    """What a source leads to."""

    text: str
    weight: float
    field: str | None = None


@dataclass(frozen=True)
class Synonyms:
    """`groups`: texts each of which may stand for each other. `one_way`: a source and what may stand for it, the
    heaviest first. Groups may overlap."""

    groups: tuple[tuple[str, ...], ...]
    one_way: tuple[tuple[str, tuple[str, ...]], ...]

    def __len__(self) -> int:
        """Entries in an engine that has one for each."""
        return len(self.groups) + len(self.one_way)


def of_kind(rules: Iterable[Rule], kind: RuleKind) -> list[Rule]:
    return [rule for rule in rules if rule.kind == kind]


def targets_of(rules: Iterable[Rule]) -> dict[str, list[Target]]:
    """By source, in order of the alphabet, its targets, the heaviest first; of equal ones (and one field) the heaviest
    only."""
    found = defaultdict[str, dict[tuple[str, str | None], float]](dict)
    for rule in rules:
        for source, target in directions(rule):
            known = found[source]
            key = (target, rule.field)
            known[key] = max(rule.weight, known.get(key, 0.0))
    return {
        source: [Target(text, weight, field) for (text, field), weight in sorted(found[source].items(), key=_order)]
        for source in sorted(found)
    }


def directions(rule: Rule) -> list[tuple[str, str]]:
    """From what to what a rule leads: one pair, or two."""
    one = (rule.source, rule.target)
    return [one, (rule.target, rule.source)] if rule.direction == "two_way" else [one]


def gather(rules: Sequence[Rule]) -> Synonyms:
    """Synonyms with groups only where every two of a group are synonyms both ways: that a is b and b is c does not make
    a into c."""
    leads = {source: [target.text for target in targets] for source, targets in targets_of(rules).items()}
    reach = {source: set(targets) for source, targets in leads.items()}
    both = {source: {one for one in targets if source in reach.get(one, ())} for source, targets in reach.items()}
    one_way = tuple(
        (source, tuple(dict.fromkeys(one for one in targets if one not in both[source])))
        for source, targets in leads.items()
        if reach[source] - both[source]
    )
    return Synonyms(tuple(_cliques(both)), one_way)


def _cliques(both: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """Groups that together hold every pair, and no pair that is not there: each is grown from a pair that no earlier
    one holds."""
    held, groups = set[tuple[str, str]](), list[tuple[str, ...]]()
    for first in sorted(both):
        for second in sorted(one for one in both[first] if one > first):
            if (first, second) in held:
                continue
            group, common = [first, second], both[first] & both[second]
            while common:
                chosen = min(common)
                group.append(chosen)
                common = common & both[chosen]
            group.sort()
            held.update((a, b) for at, a in enumerate(group) for b in group[at + 1 :])
            groups.append(tuple(group))
    return groups


def _order(entry: tuple[tuple[str, str | None], float]) -> tuple[float, str, str]:
    (text, field), weight = entry
    return -weight, text, field or ""
