"""Limits on how much an engine takes."""

from collections.abc import Callable, Sequence

from tilth.enrich.export.pairs import directions
from tilth.enrich.export.result import Misfit
from tilth.records import Rule


def heaviest_first(rules: Sequence[Rule]) -> list[Rule]:
    """Equal ones in their order."""
    return sorted(rules, key=lambda rule: -rule.weight)


def beyond_entries(
    rules: Sequence[Rule], entries: Callable[[Sequence[Rule]], int], limit: int, what: str, advice: str
) -> list[Misfit]:
    """The lightest rules, which find no room because the heavier ones make `limit` entries already."""
    total = entries(rules)
    if total <= limit:
        return []
    order = heaviest_first(rules)
    fits = most_that_fit(len(order), len(order) - (total - limit), lambda count: entries(order[:count]) <= limit)
    reason = f"the rules make {total:,} entries, {what} takes {limit:,}, and heavier rules fill it"
    return [Misfit(rule, reason, advice) for rule in order[fits:]]


def most_that_fit(count: int, guess: int, fits: Callable[[int], bool]) -> int:
    """The largest number below `count` that fits, looked for in growing steps from a guess, then between two bounds."""
    least, most, step = 0, count, 1
    while most - least > 1:
        tried = guess if least < guess < most else (least + most) // 2
        if fits(tried):
            least, guess = tried, tried + step
        else:
            most, guess = tried, tried - step
        step *= 2
    return least


def beyond_targets(rules: Sequence[Rule], fits: Callable[[Sequence[str]], str | None], advice: str) -> list[Misfit]:
    """The lightest rules of a source that has too many targets: `fits` gives a reason why a list is too long."""
    taken, misfits = dict[str, list[str]](), list[Misfit]()
    for rule in heaviest_first(rules):
        tried = {source: [*taken.get(source, ()), target] for source, target in directions(rule)}
        reasons = [reason for targets in tried.values() if (reason := fits(list(dict.fromkeys(targets))))]
        if reasons:
            misfits.append(Misfit(rule, reasons[0], advice))
        else:
            taken.update(tried)
    return misfits
