"""Small query logs and catalogs for the tests of the search half of the audit."""

import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from tilth.audit import AuditConfig, Finding, Measure, Part
from tilth.audit.search import run_searches
from tilth.data import SearchSource
from tilth.engine import EngineConfig, open_engine
from tilth.records import SEARCH_SCHEMA, Entities

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
WHOLE = SearchSource(
    path="log.parquet",
    query="query",
    session_id="session_id",
    user_id="user_id",
    ts="ts",
    results="results",
    shown="shown",
    clicked="clicked",
)


def search(query: str, session: str | None = "s1", second: float | None = 0, **fields: Any) -> dict[str, Any]:
    """A row of SEARCH_SCHEMA; `second` counts from START."""
    ts = None if second is None else START + timedelta(seconds=second)
    row = {"session_id": session, "user_id": None, "query": query, "ts": ts, "results": None, "shown": None}
    return {**row, "clicked": None, **fields}


def log_table(rows: Iterable[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=SEARCH_SCHEMA)


def catalog(*titles: str, categories: Iterable[str] | None = None) -> Entities:
    """Items i0, i1, ..."""
    columns: dict[str, Any] = {"id": [f"i{at}" for at in range(len(titles))], "title": list(titles)}
    columns["text"] = [""] * len(titles)
    if categories is not None:
        columns["category"] = list(categories)
    return Entities("item", pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}))


def audit(rows: Iterable[dict[str, Any]] | pa.Table, items: Entities, **settings: Any) -> Part:
    """The audit of a log that is written as Parquet, with whatever settings differ from the defaults."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        parquet.write_table(rows if isinstance(rows, pa.Table) else log_table(rows), base / "log.parquet")
        return audit_file(WHOLE, items, base, **settings)


def audit_file(source: SearchSource, items: Entities, base: Path, **settings: Any) -> Part:
    engine = open_engine(EngineConfig(workers=2))
    with tempfile.TemporaryDirectory() as folder:
        return run_searches(
            AuditConfig(**settings), source, items, base=base, engine=engine, spill=Path(folder) / "spill", now=NOW
        )


def measure(part: Part, name: str) -> Measure:
    (found,) = (one for one in part.measures if one.name == f"search.{name}")
    return found


def value(part: Part, name: str) -> float | None:
    return measure(part, name).value


def finding(part: Part, name: str) -> Finding | None:
    return next((one for one in part.findings if one.name == name), None)


def rows_of(part: Part, table: str, key: str) -> dict[Any, dict[str, Any]]:
    """The rows of a table by one of its columns."""
    return {row[key]: row for row in part.tables[table].to_pylist()}
