"""The log in three passes: deal searches by person, count each bucket, add up each query."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tilth.data import SearchSource
from tilth.suggest.candidates import CANDIDATE_SCHEMA
from tilth.suggest.config import LogConfig
from tilth.suggest.filter import reasons
from tilth.suggest.mine.log.buckets import Buckets
from tilth.suggest.mine.log.counts import PAIR_SCHEMA, TEXT_SCHEMA, Normals, count
from tilth.suggest.mine.log.deal import DEALT_SCHEMA, Facts, deal_searches
from tilth.suggest.mine.log.queries import queries_of
from tilth.suggest.mine.log.related import add_up, related_queries, reworded_queries

SPILL = "searches-"
"""How the folder begins that a run writes to; it is left behind only by one that was killed."""


@dataclass(frozen=True)
class MinedLog:
    """`queries` is a table of CANDIDATE_SCHEMA, `related` of RELATED_SCHEMA, `reworded` of REWORDED_SCHEMA; `counts`
    has the rows of the log by what became of them, `notes` what a reader should know of it."""

    queries: pa.Table
    related: pa.Table
    reworded: pa.Table
    counts: dict[str, int]
    notes: tuple[str, ...]


def mine_log(
    source: SearchSource,
    config: LogConfig,
    *,
    base: Path,
    spill: Path,
    max_rejected: float = 0.1,
    on_rows: Callable[[int], None] | None = None,
) -> MinedLog:
    """Mine a query log. About the size of the log is written below `spill`, and removed.

    Raises:
        DataError: a file cannot be used, or more than `max_rejected` of its rows.
    """
    spill.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=SPILL, dir=spill) as folder:
        place = Path(folder)
        with Buckets(place, "searches", DEALT_SCHEMA) as searches:
            facts = deal_searches(source, searches, base=base, max_rejected=max_rejected, on_rows=on_rows)
        normals = Normals()
        texts, pairs = Buckets(place, "texts", TEXT_SCHEMA), Buckets(place, "pairs", PAIR_SCHEMA)
        with texts, pairs:
            for table in searches.read():
                counted = count(table, config, normals, facts)
                texts.deal(counted.texts, counted.texts["normal"].combine_chunks())
                pairs.deal(counted.pairs, counted.pairs["before"].combine_chunks())
        parts = [queries_of(table, config, facts) for table in texts.read()]
        queries = pa.concat_tables([CANDIDATE_SCHEMA.empty_table(), *parts])
        edges = pa.concat_tables([add_up(table, config.min_users) for table in pairs.read()])
    whole = queries.filter(pc.not_equal(pc.fill_null(queries["rejected"], ""), reasons.HALF_TYPED))
    shown = queries.filter(pc.is_null(queries["rejected"]))
    related = related_queries(edges, shown, config.related)
    ordered = queries.sort_by([("popularity", "descending"), ("normal", "ascending")])
    return MinedLog(ordered, related, reworded_queries(edges, whole), facts.counts, _notes(facts, config))


def _notes(facts: Facts, config: LogConfig) -> tuple[str, ...]:
    counts = facts.counts
    rows, notes = counts.get("rows", 0), list[str]()
    if rows and counts.get("nobody", 0) == rows and config.min_users:
        notes.append(
            "the log names neither users nor sessions: nothing can be offered from it, as no query can be shown to "
            f"come from {config.min_users} people ([suggest.log] min_users)"
        )
    if rows and counts.get("timeless", 0) == rows:
        notes.append("the log has no times: half-typed queries cannot be told apart, and nothing loses weight with age")
    if counts.get("machines"):
        notes.append(
            f"{counts['machines']:,} made more than {config.max_searches_a_day:,} searches a day; their "
            f"{counts['machine_searches']:,} searches are left out"
        )
    return tuple(notes)
