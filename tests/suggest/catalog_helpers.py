"""A small catalog, and what is made of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from tilth.artifacts.index import SearchIndex
from tilth.records import Entities
from tilth.suggest.candidates import candidates
from tilth.suggest.config import FilterConfig
from tilth.suggest.filter import Filtered, SafetyList, apply_filters

TITLES = (
    ("Acme Cordless Drill 18 V", "power tools"),
    ("Acme Cordless Drill with Case", "power tools"),
    ("Bolt Corded Drill, 600 W", "power tools"),
    ("Acme Cordless Saw 18 V", "power tools"),
    ("Wood Drill Bit Set", "bits"),
    ("Metal Drill Bit Set", "bits"),
    ("Garden Hose", "garden"),
    ("Garden Hose Reel", "garden"),
    ("Garden Chair of Wood", "garden"),
    ("Zyx Quux", "odds"),
)


def catalog(rows: Sequence[tuple[str, str]] = TITLES, **columns: Sequence[Any]) -> Entities:
    table = pa.table(
        {
            "id": [f"i{at}" for at in range(len(rows))],
            "title": [title for title, _ in rows],
            "text": [""] * len(rows),
            "category": [category for _, category in rows],
            **columns,
        }
    )
    return Entities("item", table)


def index_of(folder: Path, items: Entities | None = None) -> SearchIndex:
    return SearchIndex.build(items or catalog(), folder / "index")


def judged(
    folder: Path,
    queries: Sequence[str],
    *,
    source: str = "title",
    safety: SafetyList | None = None,
    config: FilterConfig | None = None,
    **columns: Any,
) -> Filtered:
    """Queries through all filters; the first ones have the highest score."""
    given = {"score": [float(-at) for at in range(len(queries))], **columns}
    table = candidates(source, queries, given)
    return apply_filters(table, index_of(folder), safety or SafetyList(), config or FilterConfig())


def reasons_by_query(filtered: Filtered) -> dict[str, str | None]:
    return dict(zip(filtered.table["query"].to_pylist(), filtered.table["rejected"].to_pylist(), strict=True))
