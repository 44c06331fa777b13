"""What is odd about the query log itself."""

from collections.abc import Iterator

from tilth.audit.config import AuditConfig
from tilth.audit.result import Finding
from tilth.audit.search.log import CountedLog
from tilth.data import BadRows

TABLE = "searches"
BOT_SEARCHES = 1_000
_NO_SESSION = "counted as searches, in no session: neither reformulated nor the end of one"
_ODD = (
    ("wordless", "wordless_queries", "rows", "searches have no letter and no digit in their query", "left out"),
    ("timeless", "untimed", "rows", "searches have no time", _NO_SESSION),
    ("future", "future_times", "rows", "searches lie in the future", f"their time is not believed; {_NO_SESSION}"),
    ("nobody", "nobody", "rows", "searches name neither a session nor a user", _NO_SESSION),
    (
        "shown_unknown",
        "unknown_shown_items",
        "shown_ids",
        "items that searches showed are not in the catalog",
        "left out of every measure of items",
    ),
    (
        "clicked_unknown",
        "unknown_clicked_items",
        "clicked_ids",
        "clicks led to items that are not in the catalog",
        "counted as clicks, left out of every measure of items",
    ),
    (
        "clicks_on_nothing",
        "clicks_without_results",
        "rows",
        "searches found nothing by their count of results, but something was clicked",
        "how much they found is taken for unknown",
    ),
)


def findings_of(config: AuditConfig, log: CountedLog) -> list[Finding]:
    """In the order in which a log is read: rows, then their values, then who made them."""
    return [*_rows(log), *_values(log), *_people(config, log)]


def _rows(log: CountedLog) -> Iterator[Finding]:
    total = log.facts.counts.get("rows", 0)
    yield from (_bad(bad, total) for bad in log.facts.bad)
    if not log.frequencies.total:
        yield Finding("no_searches", TABLE, 0, total, "the log has no searches", "nearly all measures have no value")


def _bad(bad: BadRows, total: int) -> Finding:
    where = f"{bad.column} " if bad.column else ""
    first = f", first on row {bad.rows[0]} of {bad.path}" if bad.rows else ""
    effect = "counted without this value" if bad.kept else "left out"
    return Finding("unusable_rows", TABLE, bad.count, total, f"rows: {where}{bad.reason}{first}", effect, bad.examples)


def _values(log: CountedLog) -> Iterator[Finding]:
    counts, examples = log.facts.counts, log.facts.examples
    for key, name, of, text, effect in _ODD:
        if count := counts.get(key, 0):
            yield Finding(name, TABLE, count, counts.get(of, 0), text, effect, tuple(examples.get(key, ())))
    naive, zoned = counts.get("naive", 0), counts.get("zoned", 0)
    if naive and zoned:
        text = "times name no time zone, while others do"
        effect = "these are taken to be in the configured one, [data.searches] timezone"
        yield Finding("mixed_time_zones", TABLE, naive, naive + zoned, text, effect)


def _people(config: AuditConfig, log: CountedLog) -> Iterator[Finding]:
    if half := int(log.counted.of("half_typed").sum()):
        text = "searches are the beginning of a query that was typed on within seconds"
        effect = "counted as one search with the query they end in"
        yield Finding("half_typed_queries", TABLE, half, int(log.counted.of("rows").sum()), text, effect)
    total = int(log.counted.of("searches").sum())
    for who, made in log.counted.busiest:
        if made > max(BOT_SEARCHES, config.bot_share * total):
            text = "searches come from one user or session, likely a program"
            yield Finding("giant_user", TABLE, made, total, text, "counted: all measures move with it", (who,))
