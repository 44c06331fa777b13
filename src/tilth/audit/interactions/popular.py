"""How popular what users see is, how much of it is the long tail, and whether it is what they like."""

import numpy as np
from numpy.typing import NDArray

from tilth.audit.interactions.collected import Collected
from tilth.audit.interactions.whole import absent, measured, without_each
from tilth.audit.result import Measure
from tilth.stats._checks import ratio

_NAMES = ("popularity.arp", "popularity.aplt", "popularity.aclt", "popularity.seen_over_liked")


def measure_popularity(collected: Collected, *, shown: bool) -> list[Measure]:
    """The `popularity.*` measures; `shown` says whether exposures are logged."""
    audience = without_each(collected.audience)
    users, likers, seen, liked = (int(count) for count in audience[0])
    if not users:
        return [absent(name, "no user saw a known item") for name in _NAMES]
    note = "what users saw: " + ("exposures" if shown else "interactions, as no exposures are logged")
    popularity, tail = popularity_without_each(collected.popularity), tail_without_each(collected.tail)
    means = ratio(popularity, audience[:, [0, 1, 1]])
    measures = [
        measured("popularity.arp", means[:, 0], users, note=note),
        measured("popularity.aplt", ratio(tail[:, 0], audience[:, 0]), users, note=note),
        measured("popularity.aclt", ratio(tail[:, 1], audience[:, 0]), users, note=note),
    ]
    if not likers:
        return [*measures, absent(_NAMES[3], "the log says of nothing that users like it")]
    if not shown and liked == seen:
        return [*measures, absent(_NAMES[3], "what users saw and what they like are the same events here")]
    return [*measures, measured(_NAMES[3], ratio(means[:, 1], means[:, 2]), likers, note=note)]


def popularity_without_each(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over users by the groups of users and of popularity, shape (GROUPS, sums, GROUPS): over all, and with each
    group left out of both, shape (GROUPS + 1, sums)."""
    total = sums.sum(axis=(0, 2))
    own = np.einsum("gsg->gs", sums)
    rest = total - sums.sum(axis=2) - sums.sum(axis=0).T + own
    return np.concatenate([total[None], rest])


def tail_without_each(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over users by their group and the group that the long tail goes without, shape (GROUPS, sums, GROUPS + 1):
    over all, and with each group left out of both, shape (GROUPS + 1, sums)."""
    whole, parts = sums[:, :, -1].sum(axis=0), sums[:, :, :-1]
    return np.concatenate([whole[None], parts.sum(axis=0).T - np.einsum("gsg->gs", parts)])
