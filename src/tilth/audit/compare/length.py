"""Logs of unequal length: which measures move with that alone."""

from datetime import datetime, timedelta
from typing import Any

import pyarrow.compute as pc

from tilth.audit.result import Audit

APART = 1.1
"""Logs are of unequal length where one has more than so many times the events (searches) of the other, or the time."""
GROWING = frozenset(
    {
        "exposure.item_gap",
        "feedback.users_with_negative_share",
        "newness.reached_k_share",
        "search.head_share",
        "search.misspelled_share",
        "search.tail_share",
        "search.unreached_share",
    }
)
GROWING_GROUPS = frozenset({"items", "matrix", "popularity", "users"})
"""Counts per item, per user and per pair, and shares made of them: a longer log has more of each, be the people and
what they do the same. Shares of events or of searches, and Kaplan-Meier waits, are not among them."""


def unequal_lengths(before: Audit, after: Audit) -> dict[str, str]:
    """The logs (events, searches) that both audits read and that are of unequal length, each with how they differ."""
    found: dict[str, str] = {}
    for log in ("events", "searches"):
        first, second = before.counts.get(log), after.counts.get(log)
        if first and second and _apart(first, second):
            found[log] = f"{first:,} {log}, then {second:,}"
    first, second = _span(before), _span(after)
    if first and second and "events" not in found and _apart(first / _DAY, second / _DAY):
        found["events"] = f"events of {first / _DAY:,.1f} days, then of {second / _DAY:,.1f}"
    return found


def grows(name: str) -> str | None:
    """The log with whose length the measure `name` moves; None for one that does not."""
    group = name.partition(".")[0]
    if name not in GROWING and group not in GROWING_GROUPS:
        return None
    return "searches" if group == "search" else "events"


def _apart(first: float, second: float) -> bool:
    return max(first, second) > APART * min(first, second)


_DAY = timedelta(days=1)


def _span(audit: Audit) -> timedelta | None:
    """From the first interaction to the last, with items that the catalog has."""
    table = audit.tables.get("items")
    if table is None:
        return None
    first: datetime | Any = pc.min(table["first_ts"]).as_py()
    last: datetime | Any = pc.max(table["last_ts"]).as_py()
    return None if first is None or last is None else last - first
