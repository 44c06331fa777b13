"""What a reader must know of the data itself."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from tilth.audit.categories import Categories
from tilth.audit.interactions.collected import MOST_CELLS, Collected
from tilth.audit.interactions.plan import Plan
from tilth.audit.interactions.roles import MOST_KINDS, OTHER_KINDS
from tilth.audit.interactions.surveyed import Surveyed
from tilth.audit.interactions.tally import MOST_UNKNOWN
from tilth.audit.interactions.windows import KEPT
from tilth.audit.result import Finding
from tilth.data import BadRows

_KEPT_WITHOUT_TIME = "counted, but in no time window, and not for how long new items wait"


def find_in_log(surveyed: Surveyed, collected: Collected, plan: Plan, categories: Categories) -> tuple[Finding, ...]:
    """Findings about the log, then about how the catalog and the log fit, then about the catalog's categories."""
    return (
        *_times(surveyed),
        *_rows(surveyed, collected),
        *_users(surveyed, collected, plan.config.bot_share),
        *_kinds(surveyed),
        *_limits(surveyed, plan),
        *_categories(surveyed, categories),
    )


def _finding(name: str, count: int, total: int, text: str, effect: str, examples: tuple[str, ...] = ()) -> Finding:
    return Finding(name, "events", count, total, text, effect, examples)


def _times(surveyed: Surveyed) -> Iterator[Finding]:
    counts = surveyed.counts
    total = counts.events
    if total and counts.untimed == total:
        effect = "no time windows, no newness; what is left needs no times"
        yield _finding("no_times", total, total, "no event has a time", effect)
    elif counts.untimed:
        yield _finding("untimed", counts.untimed, total, "events have no time", _KEPT_WITHOUT_TIME)
    if counts.future:
        yield _finding("future_times", counts.future, total, "events lie in the future", _KEPT_WITHOUT_TIME)
    if counts.unset:
        text = "events lie before 1971, as from a clock that was never set"
        yield _finding("unset_clock", counts.unset, total, text, _KEPT_WITHOUT_TIME)
    if counts.early:
        text = "events lie before their item's created_at"
        effect = "counted; such a created_at is not believed, the item dates from its first event"
        yield _finding("before_created", counts.early, total, text, effect)
    if counts.naive and counts.zoned:
        text = "times name no time zone, while others do"
        effect = "these are taken to be in the configured one, [data.events] timezone"
        yield _finding("mixed_time_zones", counts.naive, counts.naive + counts.zoned, text, effect)


def _rows(surveyed: Surveyed, collected: Collected) -> Iterator[Finding]:
    counts = surveyed.counts
    yield from (_bad(bad, counts.read) for bad in surveyed.bad)
    if not counts.events:
        yield _finding("no_events", 0, counts.read, "the log has no events", "nearly all measures have no value")
    if counts.unknown:
        ids = f"{'at least ' if surveyed.unknown_items >= MOST_UNKNOWN else ''}{surveyed.unknown_items:,} ids"
        yield _finding(
            "unknown_items",
            counts.unknown,
            counts.events,
            f"events are on items that the catalog lacks: {ids}",
            "counted for users and in time windows, left out of every measure of items",
            surveyed.unknown_shown,
        )
    if collected.duplicates:
        text = "events repeat another one word for word, its time too"
        yield _finding("duplicate_events", collected.duplicates, counts.events, text, "counted as they stand")


def _bad(bad: BadRows, total: int) -> Finding:
    where = f"{bad.column} " if bad.column else ""
    first = f", first on row {bad.rows[0]} of {bad.path}" if bad.rows else ""
    effect = "counted without this value" if bad.kept else "left out"
    return _finding("unusable_rows", bad.count, total, f"rows: {where}{bad.reason}{first}", effect, bad.examples)


def _users(surveyed: Surveyed, collected: Collected, share: float) -> Iterator[Finding]:
    if collected.giants:
        who = "one user" if len(collected.giants) == 1 else f"{len(collected.giants):,} users"
        names = [surveyed.heavy.get(f"{hashed:x}", "") for hashed, _ in collected.giants[:5]]
        yield _finding(
            "giant_user",
            sum(events for _, events in collected.giants),
            surveyed.counts.events,
            f"events come from {who} with more than {share:.3g} of all events each: perhaps a program",
            "counted: item measures move with it, means over users hardly do",
            tuple(filter(None, names)),
        )
    users = int(collected.people[:, 0].sum())
    if users == 1:
        yield _finding("single_user", 1, 1, "the log has a single user", "intervals say nothing")
    elif 1 < users < 10 * len(collected.people):
        text = f"users are few for intervals, which need about {10 * len(collected.people)}"
        yield _finding("few_users", users, users, text, "intervals are rough")


def _kinds(surveyed: Surveyed) -> Iterator[Finding]:
    total = surveyed.counts.events
    if len(surveyed.kinds) == 1:
        text, effect = "events are all of one kind", "exposure, likes and dislikes cannot be told apart by kind"
        yield _finding("one_kind", total, total, text, effect, surveyed.kinds)
    if OTHER_KINDS in surveyed.kinds:
        rest = surveyed.kind_events[surveyed.kinds.index(OTHER_KINDS)]
        text = f"events are of rare kinds: more than {MOST_KINDS} kinds are logged"
        yield _finding("many_kinds", rest, total, text, f"taken together as {OTHER_KINDS}")


def _limits(surveyed: Surveyed, plan: Plan) -> Iterator[Finding]:
    items = surveyed.events.shape[1]
    if plan.windows and plan.windows * items > MOST_CELLS:
        text = f"items are too many to count each in each of {plan.windows} windows"
        effect = (
            "the table of windows goes without items, head_share and gini; a longer [audit] window brings them back"
        )
        yield _finding("too_many_for_windows", items, items, text, effect)
    if plan.windows == KEPT and surveyed.timed and surveyed.start < plan.edges[0]:
        since = datetime.fromtimestamp(plan.edges[0] / 1e6, UTC).date().isoformat()
        text, effect = f"time windows are the most there can be, from {since} on", "tables of windows begin there"
        yield _finding("too_many_windows", KEPT, KEPT, text, effect)


def _categories(surveyed: Surveyed, categories: Categories) -> Iterator[Finding]:
    items = surveyed.events.shape[1]
    if not items:
        yield Finding("no_items", "items", 0, 0, "the catalog has no items", "measures of items have no value")
        return
    names = categories.names
    if not categories.known:
        text, effect = "no item has a category", "nothing is told apart by category"
        yield Finding("no_categories", "items", items, items, text, effect)
        return
    events = np.bincount(categories.of_item[surveyed.events.any(axis=0)], minlength=len(names))
    yield from _empty(names, events, np.bincount(categories.of_item, minlength=len(names)))


def _empty(names: tuple[str, ...], events: NDArray[np.int64], sizes: NDArray[np.int64]) -> Iterator[Finding]:
    if "(none)" in names:
        count = int(sizes[names.index("(none)")])
        yield Finding("no_category", "items", count, int(sizes.sum()), "items have no category", "counted as (none)")
    idle = [name for name, acts in zip(names, events.tolist(), strict=True) if not acts and name != "(none)"]
    if idle:
        text, effect = "categories have items but no interaction at all", "counted; their Gini coefficient has no value"
        yield Finding("idle_categories", "items", len(idle), len(names), text, effect, tuple(idle[:5]))
