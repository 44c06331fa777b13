"""Logs whose truth is known: who typed what to its end, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from tilth.data import SearchSource
from tilth.suggest.config import LogConfig
from tilth.suggest.mine.log import MinedLog, mine_log

START = datetime(2024, 5, 1, 12, tzinfo=UTC)
SOURCE = SearchSource(
    path="log.parquet",
    query="query",
    user_id="user",
    session_id="session",
    ts="ts",
    results="results",
    clicked="clicked",
)


@dataclass(frozen=True)
class Typed:
    """A search, `at` seconds after the start."""

    user: str | None
    query: str
    at: float = 0.0
    clicked: Sequence[str] | None = ()
    results: int | None = 9
    session: str | None = None


def letters(user: str, query: str, at: float = 0.0, *, clicked: Sequence[str] = (), first: int = 2) -> list[Typed]:
    """A query typed letter by letter, half a second each; the last one is clicked."""
    ends = range(first, len(query) + 1)
    return [
        Typed(user, query[:end], at + 0.5 * place, clicked if end == len(query) else ())
        for place, end in enumerate(ends)
    ]


def put_log(folder: Path, searches: Iterable[Typed]) -> Path:
    rows = list(searches)
    table = pa.table(
        {
            "user": pa.array([one.user for one in rows], pa.string()),
            "session": pa.array([one.session for one in rows], pa.string()),
            "query": pa.array([one.query for one in rows], pa.string()),
            "ts": pa.array([START + timedelta(seconds=one.at) for one in rows], pa.timestamp("us", tz="UTC")),
            "results": pa.array([one.results for one in rows], pa.int64()),
            "clicked": pa.array([one.clicked for one in rows], pa.list_(pa.string())),
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    parquet.write_table(table, folder / "log.parquet")
    return folder / "log.parquet"


def mined(folder: Path, searches: Iterable[Typed], config: LogConfig | None = None) -> MinedLog:
    put_log(folder, searches)
    return mine_log(SOURCE, config or LogConfig(), base=folder, spill=folder / "spill", max_rejected=0.5)


def offered(log: MinedLog) -> list[str]:
    """The queries that may be shown, by the alphabet."""
    return sorted(log.queries.filter(log.queries["rejected"].is_null())["query"].to_pylist())


def row_of(log: MinedLog, query: str) -> dict[str, object]:
    return next(row for row in log.queries.to_pylist() if row["query"] == query)
