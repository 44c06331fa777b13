"""Rules of Vespa that are bound to the end of a query (`laptop .`), or to all of it (`. laptop .`), and what they add.

What a rule adds stands behind what it matched, and then the query ends otherwise: of the rules bound to one end only
the first one that matches applies. They therefore stand the longest first, above those that are bound to nothing, and
each adds what the shorter ones would add as well.
"""

from collections.abc import Iterable, Sequence

from tilth.enrich.export.pairs import Target, directions, of_kind, targets_of
from tilth.enrich.export.result import Misfit
from tilth.records import Anchor, Rule


def bound_corrections(rules: Iterable[Rule]) -> list[str]:
    """A line for each text that is corrected, with its heaviest correction."""
    tables = {anchor: targets_of(rule for rule in rules if rule.anchor == anchor) for anchor in _BOUND}
    return [
        f"{_condition(source, anchor)} -> {tables[anchor][source][0].text};"
        for anchor in _BOUND
        for source in _longest_first(tables[anchor])
    ]


def bound_additions(rules: Sequence[Rule]) -> list[str]:
    """A line for each text that something is added to: synonyms and expansions."""
    kinds = {kind: of_kind(rules, kind) for kind in ("synonym", "expansion")}
    tables: dict[tuple[str, Anchor], dict[str, list[Target]]] = {
        (kind, anchor): targets_of(rule for rule in some if rule.anchor == anchor)
        for kind, some in kinds.items()
        for anchor in _BOUND
    }
    lines = list[str]()
    for anchor in _BOUND:
        sources = {source for (_, of), table in tables.items() if of == anchor for source in table}
        for source in _longest_first(sources):
            added = [
                *map(produced_synonym, once(_all_of(tables, "synonym", source, anchor))),
                *map(produced_expansion, _once_a_field(_all_of(tables, "expansion", source, anchor))),
            ]
            lines.append(f"{_condition(source, anchor)} +> {' '.join(added)};")
    return lines


def crowded(rules: Sequence[Rule]) -> list[Misfit]:
    """Bound synonyms that a longer bound rule keeps from applying: a synonym stands for one word, so the longer one
    cannot add it."""
    added = [rule for rule in rules if rule.kind != "spelling" and rule.anchor in _BOUND]
    longer = {ending for rule in added for source, _ in directions(rule) for ending in _endings(source.lower())[1:]}
    return [
        Misfit(rule, "a longer rule that is bound to the same end comes before it in Vespa", "make it an expansion")
        for rule in added
        if rule.kind == "synonym" and any(source.lower() in longer for source, _ in directions(rule))
    ]


def produced_synonym(target: Target) -> str:
    """`=tv!80`: an EQUIV term; synonyms are looked for in all fields."""
    return f"={_produced(target.text, target.weight)}"


def produced_expansion(target: Target) -> str:
    """`$title:tv!80`: a RANK term."""
    return f"${target.field + ':' if target.field else ''}{_produced(target.text, target.weight)}"


def once(targets: Iterable[Target]) -> list[Target]:
    """Each text once, whatever its field: the first."""
    found = dict[str, Target]()
    for target in targets:
        found.setdefault(target.text, target)
    return list(found.values())


def percent(weight: float) -> int:
    return round(100 * min(weight, 1e6))


_BOUND: tuple[Anchor, ...] = ("whole", "end")


def _produced(text: str, weight: float) -> str:
    quoted = f'"{text}"' if " " in text else text
    return quoted + (f"!{percent(weight)}" if percent(weight) != 100 else "")


def _all_of(
    tables: dict[tuple[str, Anchor], dict[str, list[Target]]], kind: str, source: str, anchor: Anchor
) -> list[Target]:
    """What is added to a query that is `source` (`whole`), or ends with it: by rules for it, and for its endings."""
    found = list(tables[kind, "whole"].get(source, ())) if anchor == "whole" else []
    for ending in _endings(source):
        found += tables[kind, "end"].get(ending, ())
    return found


def _once_a_field(targets: Iterable[Target]) -> list[Target]:
    """Each text once for each field, the heaviest, heaviest first."""
    best = dict[tuple[str, str | None], Target]()
    for target in targets:
        known = best.get((target.text, target.field))
        if known is None or known.weight < target.weight:
            best[target.text, target.field] = target
    return sorted(best.values(), key=lambda one: (-one.weight, one.text, one.field or ""))


def _endings(source: str) -> list[str]:
    """A text and its proper endings, the longest first."""
    words = source.split()
    return [" ".join(words[at:]) for at in range(len(words))]


def _longest_first(sources: Iterable[str]) -> list[str]:
    return sorted(sources, key=lambda source: (-len(source.split()), source))


def _condition(source: str, anchor: Anchor) -> str:
    return f". {source} ." if anchor == "whole" else f"{source} ."
