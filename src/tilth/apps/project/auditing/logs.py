"""Reading a project's logs once, to see what is in them."""

from collections.abc import Iterator
from pathlib import Path

from tilth.config import Config
from tilth.data import BadRows, event_parts, merge_bad, read_events, read_searches, search_parts


def check_logs(config: Config, base: Path) -> tuple[dict[str, int], tuple[BadRows, ...]]:
    """How many usable rows each log has, by its name in `[data]`, and what is wrong with the others.

    Raises:
        ConfigError: a log's settings contradict each other.
        DataError: a log cannot be used at all.
    """
    events, searches = config.data.events, config.data.searches
    counts: dict[str, int] = {}
    bad: list[BadRows] = []
    if events is not None:
        batches = (batch for part in event_parts(events, base=base) for batch in read_events(events, part, base=base))
        counts["events"] = _count(((len(batch.table), batch.bad) for batch in batches), bad)
    if searches is not None:
        found = (
            batch for part in search_parts(searches, base=base) for batch in read_searches(searches, part, base=base)
        )
        counts["rows of searches"] = _count(((len(batch.table), batch.bad) for batch in found), bad)
    return counts, tuple(bad)


def _count(batches: Iterator[tuple[int, tuple[BadRows, ...]]], bad: list[BadRows]) -> int:
    """The rows of all batches; what was wrong is added to `bad`."""
    rows, found = 0, list[BadRows]()
    for count, wrong in batches:
        rows += count
        found = list(merge_bad([*found, *wrong]))
    bad.extend(found)
    return rows
