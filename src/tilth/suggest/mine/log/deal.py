"""First pass: read the log and deal its searches to buckets by who made them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tilth.data import BadRows, SearchSource, gathered, merge_bad, read_searches, refuse_many_bad, search_parts
from tilth.suggest.mine.log.buckets import Buckets

ROWS_AT_ONCE = 500_000
TEXT_CHARS = 200
"""Of a query: longer ones are never offered, and only the beginning matters for what is half typed."""
UNKNOWN = -1
NO_TIME = np.iinfo(np.int64).min

DEALT_SCHEMA = pa.schema(
    [("who", pa.string()), ("session", pa.string()), ("text", pa.string())]
    + [(name, pa.int64()) for name in ("ts", "results", "clicks")]
)
"""`who` is the user, else the session, null where neither is known; `text` the query in lower case; `ts` microseconds
or NO_TIME; `results` and `clicks` UNKNOWN where they were not logged."""


@dataclass
class Facts:
    """What was seen of the log: counts by name, what is wrong with rows, and the last time in it."""

    counts: dict[str, int] = field(default_factory=dict[str, int])
    bad: tuple[BadRows, ...] = ()
    latest: int = NO_TIME

    def add(self, name: str, count: int) -> None:
        self.counts[name] = self.counts.get(name, 0) + count


def deal_searches(
    source: SearchSource,
    buckets: Buckets,
    *,
    base: Path,
    max_rejected: float,
    on_rows: Callable[[int], None] | None = None,
) -> Facts:
    """Read the whole log into `buckets`.

    Raises:
        DataError: a file cannot be used, or more than `max_rejected` of the rows cannot.
    """
    facts = Facts()
    for table in gathered(_read(source, base, facts, on_rows), ROWS_AT_ONCE):
        cleaned = clean(table)
        facts.add("nobody", cleaned["who"].null_count)
        ts = cleaned["ts"].to_numpy()
        facts.add("timeless", int((ts == NO_TIME).sum()))
        facts.latest = max(facts.latest, int(ts.max(initial=NO_TIME)))
        buckets.deal(cleaned, pc.coalesce(cleaned["who"], cleaned["text"]).combine_chunks())
    refuse_many_bad(source.path, facts.bad, facts.counts.get("rows", 0), max_rejected)
    return facts


def clean(table: pa.Table) -> pa.Table:
    """From a table of SEARCH_SCHEMA to one of DEALT_SCHEMA."""
    clicks = pc.list_value_length(table["clicked"])
    results = pc.coalesce(table["results"], pc.list_value_length(table["shown"]).cast(pa.int64()))
    named = [
        pc.binary_join_element_wise(pa.scalar(word), table[column], " ")
        for word, column in (("user", "user_id"), ("session", "session_id"))
    ]
    columns = {
        "who": pc.coalesce(*named),
        "session": table["session_id"],
        "text": pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(pc.utf8_lower(table["query"]), 0, TEXT_CHARS)),
        "ts": pc.fill_null(table["ts"].cast(pa.int64()), NO_TIME),
        "results": pc.fill_null(results, UNKNOWN),
        "clicks": pc.fill_null(clicks.cast(pa.int64()), UNKNOWN),
    }
    return pa.table(columns, schema=DEALT_SCHEMA)


def _read(source: SearchSource, base: Path, facts: Facts, on_rows: Callable[[int], None] | None) -> Iterator[pa.Table]:
    for part in search_parts(source, base=base):
        for batch in read_searches(source, part, base=base):
            facts.add("rows", batch.rows)
            facts.bad = merge_bad((*facts.bad, *batch.bad))
            if on_rows is not None:
                on_rows(batch.rows)
            yield batch.table
