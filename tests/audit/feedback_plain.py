"""Feedback counted event by event, in plain Python, to hold the arrays' way against."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import isfinite
from statistics import fmean
from typing import NamedTuple

from tilth.audit import AuditConfig


class Event(NamedTuple):
    user: int
    item: int
    kind: str
    value: float


def opinion(event: Event, mean: float, config: AuditConfig) -> str | None:
    """like, dislike, neither, or None."""
    if event.kind in config.kinds.rating and isfinite(event.value):
        from_ = mean if config.like_from is None else config.like_from
        below = from_ if config.dislike_below is None else config.dislike_below
        if event.value > from_ or (config.like_from is not None and event.value >= from_):
            return "like"
        return "dislike" if event.value < below else "neither"
    if event.kind in config.kinds.negative:
        return "dislike"
    return "like" if event.kind in config.kinds.opinion else None


def precisions(events: Iterable[Event], config: AuditConfig) -> dict[str, tuple[int, int]]:
    """Pairs and agreements by signal; events of a pair in the order of time."""
    events = list(events)
    values = defaultdict[tuple[int, str], list[float]](list)
    for event in events:
        if isfinite(event.value):
            values[event.user, event.kind].append(event.value)
    means = {key: fmean(some) for key, some in values.items()}
    rated = {user: _mean_rating(user, values, config) for user, _ in values}
    last = dict[tuple[int, int], str]()
    signals = defaultdict[tuple[int, int], set[str]](set)
    shown = set[tuple[int, int]]()
    for event in events:
        pair = (event.user, event.item)
        said = opinion(event, rated.get(event.user, 0.0), config)
        if event.item < 0:
            continue
        if said:
            last[pair] = said
        elif event.kind in config.kinds.exposure:
            shown.add(pair)
        elif event.kind not in config.kinds.rating:
            signals[pair].add(event.kind)
            if isfinite(event.value) and event.value > means[event.user, event.kind]:
                signals[pair].add(f"{event.kind}, value above the user's mean")
    counts = defaultdict[str, list[int]](lambda: [0, 0])
    for pair, said in last.items():
        if said == "neither":
            continue
        positive = signals.get(pair, set())
        for name in (*positive, *(["(any signal)"] if positive else []), "(every opinion)"):
            counts[name][0] += 1
            counts[name][1] += said == "like"
        if pair in shown and not positive:
            counts["shown, not chosen"][0] += 1
            counts["shown, not chosen"][1] += said == "dislike"
    return {name: (pairs, agree) for name, (pairs, agree) in counts.items()}


def _mean_rating(user: int, values: Mapping[tuple[int, str], list[float]], config: AuditConfig) -> float:
    given = [
        value for (one, kind), some in values.items() if one == user and kind in config.kinds.rating for value in some
    ]
    return fmean(given) if given else 0.0
