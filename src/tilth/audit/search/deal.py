"""First job: read the query log, clean it, and deal the searches to slices by who made them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.hashes import hash64
from tilth.audit.result import GROUPS
from tilth.audit.search.normal import Normalizer
from tilth.audit.search.searches import DEALT_SCHEMA, NO_TIME, UNKNOWN
from tilth.audit.spill import BATCH_ROWS, SLICES_A_GROUP, Dealer, slice_of
from tilth.data import BadRows, LogPart, SearchSource, gathered, merge_bad, read_searches
from tilth.engine import Signals

SHOWN = 5
_RESULT = pa.schema([("facts", pa.string()), ("slices", pa.binary()), ("reached", pa.binary())])


class Facts(msgspec.Struct):
    """What was seen of some parts of a log: rows by what is odd about them, with a few examples."""

    counts: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    examples: dict[str, list[str]] = msgspec.field(default_factory=dict[str, list[str]])
    bad: tuple[BadRows, ...] = ()

    def add(self, name: str, count: int, examples: Iterable[str] = ()) -> None:
        self.counts[name] = self.counts.get(name, 0) + count
        known = self.examples.setdefault(name, [])
        known += [one for one in dict.fromkeys(examples) if one not in known][: SHOWN - len(known)]

    def take_in(self, other: "Facts") -> None:
        for name, count in other.counts.items():
            self.add(name, count, other.examples.get(name, ()))
        self.bad = merge_bad((*self.bad, *other.bad))


@dataclass(frozen=True)
class DealSearches:
    """The job. `ids` is a file with the ids of the catalog's items; `now` is in microseconds since 1970."""

    source: SearchSource
    parts: tuple[LogPart, ...]
    base: Path
    folder: Path
    ids: Path
    now: int

    def open(self) -> "SearchDealer":
        with pa.memory_map(str(self.ids)) as file:
            return SearchDealer(self, pa.ipc.open_file(file).read_all()["id"].combine_chunks())

    def path_of(self, part: int) -> Path:
        return self.folder / f"searches-{part:06d}.arrow"


class SearchDealer:
    def __init__(self, job: DealSearches, ids: pa.Array) -> None:
        self._job, self._ids, self._normalize = job, ids, Normalizer()

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        facts = Facts()
        reached = np.zeros((len(self._ids), GROUPS), np.bool_)
        slices = np.zeros(0, np.int64)
        for part in partition["part"].to_pylist():
            with Dealer(self._job.path_of(part), DEALT_SCHEMA) as dealer:
                for table in gathered(self._read(part, facts), BATCH_ROWS):
                    cleaned = clean(table, self._normalize, self._job.now, facts)
                    rows = slice_of(hash64(pc.coalesce(cleaned.table["who"], cleaned.table["normal"])))
                    dealer.deal(cleaned.table, rows)
                    self._reach(cleaned, rows // SLICES_A_GROUP, reached, facts)
                    signals.add(searches=len(rows))
                    if signals.stopping:
                        break
            slices = dealer.rows if not len(slices) else slices + dealer.rows
        packed = reached @ (np.uint32(1) << np.arange(GROUPS, dtype=np.uint32))
        row = (msgspec.json.encode(facts).decode(), slices.tobytes(), packed.tobytes())
        return pa.table([[value] for value in row], schema=_RESULT)

    def close(self) -> None:
        pass

    def _read(self, part: int, facts: Facts) -> Iterator[pa.Table]:
        for batch in read_searches(self._job.source, self._job.parts[part], base=self._job.base):
            facts.add("rows", batch.rows)
            facts.add("naive", batch.naive)
            facts.add("zoned", batch.zoned)
            facts.bad = merge_bad((*facts.bad, *batch.bad))
            yield batch.table

    def _reach(self, cleaned: "Cleaned", groups: NDArray[np.uint16], reached: NDArray[np.bool_], facts: Facts) -> None:
        """Note which items searches of each group showed, or led to."""
        for name in ("shown", "clicked"):
            lists: pa.Array = cleaned.lists[name]
            ids = lists.flatten()
            rows = np.asarray(pc.fill_null(pc.index_in(ids, value_set=self._ids), -1), np.int64)
            owner = np.asarray(pc.list_parent_indices(lists), np.int64)
            reached[rows[rows >= 0], groups[owner[rows >= 0]]] = True
            unknown = rows < 0
            facts.add(f"{name}_ids", len(rows))
            first = pa.array(np.flatnonzero(unknown)[:SHOWN])
            facts.add(f"{name}_unknown", int(unknown.sum()), ids.take(first).to_pylist())


@dataclass(frozen=True)
class Dealt:
    """What the first job found out, added up over all parts."""

    facts: Facts
    slices: NDArray[np.int64]
    """Rows of each slice."""
    reached: NDArray[np.uint32]
    """A bit for each group whose searches showed the item, or led to it; shape (items,)."""

    def take_in(self, result: pa.Table) -> None:
        """Add what a worker returned."""
        row = result.to_pylist()[0]
        self.facts.take_in(msgspec.json.decode(row["facts"], type=Facts))
        self.slices[:] += np.frombuffer(row["slices"], np.int64)
        self.reached[:] |= np.frombuffer(row["reached"], np.uint32)


@dataclass(frozen=True)
class Cleaned:
    table: pa.Table
    """Of DEALT_SCHEMA."""
    lists: dict[str, pa.Array]
    """`shown` and `clicked`, as long as the table."""


def clean(table: pa.Table, normalize: Normalizer, now: int, facts: Facts) -> Cleaned:
    """From a table of SEARCH_SCHEMA to what is dealt; what is odd is counted in `facts`."""
    normal = normalize(table["query"].combine_chunks())
    wordless = pc.equal(normal, "")
    facts.add("wordless", pc.sum(wordless).as_py() or 0, table["query"].filter(wordless).slice(0, SHOWN).to_pylist())
    kept = pc.invert(wordless)
    table, normal = table.filter(kept).combine_chunks(), normal.filter(kept)
    columns: dict[str, pa.Array] = {
        name: table[name].chunk(0) if table.num_rows else pa.array([], table.schema.field(name).type)
        for name in table.column_names
    }
    ts = np.asarray(pc.fill_null(columns["ts"].cast(pa.int64()), NO_TIME), np.int64)
    facts.add("timeless", int((ts == NO_TIME).sum()))
    future = ts > now
    facts.add("future", int(future.sum()), _times(columns["ts"], future))
    clicks = _number(pc.list_value_length(columns["clicked"]))
    results = _number(pc.coalesce(columns["results"], pc.list_value_length(columns["shown"]).cast(pa.int64())))
    odd = (results == 0) & (clicks > 0)
    facts.add("clicks_on_nothing", int(odd.sum()), columns["query"].filter(pa.array(odd)).slice(0, SHOWN).to_pylist())
    who = _who(columns)
    facts.add("nobody", who.null_count)
    cleaned = {
        "who": who,
        "session": columns["session_id"],
        "query": columns["query"],
        "normal": normal,
        "ts": np.where(future, NO_TIME, ts),
        "results": np.where(odd, UNKNOWN, results),
        "clicks": clicks,
    }
    lists = {name: columns[name] for name in ("shown", "clicked")}
    return Cleaned(pa.table(cleaned, schema=DEALT_SCHEMA), lists)


def _who(columns: dict[str, pa.Array]) -> pa.Array:
    """The user, else the session; a user and a session of the same id are two."""
    named = [
        pc.binary_join_element_wise(pa.scalar(word), columns[column], " ")
        for word, column in (("user", "user_id"), ("session", "session_id"))
    ]
    return pc.coalesce(*named)


def _number(values: pa.Array) -> NDArray[np.int64]:
    return np.asarray(pc.fill_null(values.cast(pa.int64()), UNKNOWN), np.int64)


def _times(ts: pa.Array, wanted: NDArray[np.bool_]) -> list[str]:
    first = ts.take(pa.array(np.flatnonzero(wanted)[:SHOWN]))
    return [str(value) for value in first.to_pylist()]
