"""What is odd about the query log itself."""

from collections.abc import Iterator

from tilth.audit.config import AuditConfig
from tilth.audit.result import Finding
from tilth.audit.search.log import CountedLog

TABLE = "searches"
BOT_SEARCHES = 1_000


def findings_of(config: AuditConfig, log: CountedLog) -> list[Finding]:
    """The gravest first is for the reader to say; these are in the order in which a log is read."""
    return [*_unreadable(log), *_odd(log), *_typed(log), *_bots(config, log)]


def _unreadable(log: CountedLog) -> Iterator[Finding]:
    total = log.facts.counts.get("rows", 0)
    for bad in log.facts.bad:
        where = f" (first: row {bad.rows[0]} of {bad.path})" if bad.rows else ""
        text = f"On {bad.count:,} rows the column '{bad.column}' {bad.reason}{where}."
        effect = "The rows were used without this value." if bad.kept else "The rows were left out."
        yield Finding("unusable_values", TABLE, bad.count, total, text, effect, bad.examples)


_ODD = (
    (
        "wordless",
        "wordless_queries",
        "rows",
        "{count:,} searches have no letter and no digit in their query.",
        "They were left out.",
    ),
    (
        "timeless",
        "searches_without_time",
        "rows",
        "{count:,} searches have no time.",
        "They count as searches, but belong to no session: they are no reformulation and no end of one.",
    ),
    (
        "future",
        "future_searches",
        "rows",
        "{count:,} searches lie in the future.",
        "Their time was taken for unknown.",
    ),
    (
        "nobody",
        "searches_without_person",
        "rows",
        "{count:,} searches name neither a session nor a user.",
        "They count as searches, but belong to no session.",
    ),
    (
        "shown_unknown",
        "shown_unknown_items",
        "shown_ids",
        "{count:,} of the items that searches showed are not in the catalog.",
        "They were left out where items are counted.",
    ),
    (
        "clicked_unknown",
        "clicked_unknown_items",
        "clicked_ids",
        "{count:,} clicks led to items that are not in the catalog.",
        "They count as clicks, and were left out where items are counted.",
    ),
    (
        "clicks_on_nothing",
        "clicks_without_results",
        "rows",
        "{count:,} searches found nothing by their count of results, but something was clicked.",
        "How much they found was taken for unknown.",
    ),
)


def _odd(log: CountedLog) -> Iterator[Finding]:
    counts, examples = log.facts.counts, log.facts.examples
    for key, name, of, text, effect in _ODD:
        if count := counts.get(key, 0):
            shown = tuple(examples.get(key, ()))
            yield Finding(name, TABLE, count, counts.get(of, 0), text.format(count=count), effect, shown)
    naive, zoned = counts.get("naive", 0), counts.get("zoned", 0)
    if naive and zoned:
        text = f"{zoned:,} times name their time zone, {naive:,} do not."
        effect = "Times that name none were read as of the configured time zone."
        yield Finding("mixed_time_zones", TABLE, naive, naive + zoned, text, effect)


def _typed(log: CountedLog) -> Iterator[Finding]:
    if half := int(log.counted.of("half_typed").sum()):
        text = f"{half:,} searches are the beginning of a query that was typed on within seconds."
        effect = "They count as one search with the query they end in."
        yield Finding("half_typed_queries", TABLE, half, int(log.counted.of("rows").sum()), text, effect)


def _bots(config: AuditConfig, log: CountedLog) -> Iterator[Finding]:
    total = int(log.counted.of("searches").sum())
    bots = [(who, made) for who, made in log.counted.busiest if made > max(BOT_SEARCHES, config.bot_share * total)]
    if bots:
        count = sum(made for _, made in bots)
        names = tuple(f"{who}: {made:,} searches" for who, made in bots)
        text = f"{len(bots)} of those who search made {count:,} of {total:,} searches: likely bots."
        yield Finding("likely_bots", TABLE, count, total, text, "Nothing was left out.", names)
