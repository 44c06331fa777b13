"""The audit: all its parts, and the gaps they show."""

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from tilth.audit.config import AuditConfig
from tilth.audit.feedback import FeedbackReducer, feedback_part
from tilth.audit.fields import run_fields
from tilth.audit.gaps import Ground, Pricer, find_gaps
from tilth.audit.interactions import run_interactions
from tilth.audit.result import Audit, Part
from tilth.audit.search import run_searches
from tilth.audit.several import several_values
from tilth.audit.tables import SCHEMAS
from tilth.data import EventSource, SearchSource
from tilth.engine import Engine, OnProgress
from tilth.errors import DataError
from tilth.records import Entities
from tilth.text import plural

PartName = Literal["fields", "interactions", "search"]
PARTS: tuple[PartName, ...] = get_args(PartName)


def run(
    config: AuditConfig,
    items: Entities,
    *,
    events: EventSource | None = None,
    searches: SearchSource | None = None,
    base: Path,
    engine: Engine,
    spill: Path,
    price: Pricer,
    only: Collection[PartName] = PARTS,
    max_rejected: float = 0.1,
    on_start: Callable[[str], OnProgress | None] = lambda _: None,
) -> Audit:
    """Audit the catalog, and the logs that there are.

    Args:
        items: with the columns `category` and `created_at` where they are mapped.
        base: the folder that relative paths of the logs start from.
        spill: an empty folder that all workers of the engine can write to; the caller removes it.
        price: what filling gaps costs.
        only: the parts to look at; gaps are found in what these measure.
        max_rejected: share of a log's rows that may be unusable.
        on_start: told the name of each part as it begins; what it returns is told how far the part has come.

    Raises:
        DataError: a log cannot be used at all, more than `max_rejected` of its rows cannot, or none of the events is on
            an item of the catalog.
        ConfigError, EngineError: as `Engine.map`.
    """
    counts: dict[str, int] = {"items": len(items)}
    parts: list[Part] = []
    log = _Log(base, engine, spill, max_rejected)
    if "fields" in only:
        parts.append(run_fields(config, items, engine=engine, on_progress=on_start("reading the catalog")))
    if "interactions" in only and events is not None:
        seen, found = _interactions(config, events, items, log, on_start("reading events"))
        parts += seen
        counts |= found
    if "search" in only and searches is not None:
        parts.append(_searches(config, searches, items, log, on_start("reading searches")))
        counts |= _searched(parts[-1])
    tables = {name: _conform(name, table) for part in parts for name, table in part.tables.items()}
    ground = Ground.of(config, items, tables)
    return Audit(
        counts=counts,
        measures=tuple(measure for part in parts for measure in part.measures),
        tables=tables,
        findings=(*(finding for part in parts for finding in part.findings), *several_values(items)),
        gaps=find_gaps(ground, price),
        notes=tuple(_missing(events, searches, only)),
        settings=_settings(config, items, events, searches, only),
        created_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        bad_rows=tuple(bad for part in parts for bad in part.bad_rows),
    )


@dataclass(frozen=True)
class _Log:
    """What both readers of logs are given."""

    base: Path
    engine: Engine
    spill: Path
    max_rejected: float


def _interactions(
    config: AuditConfig, source: EventSource, items: Entities, log: _Log, on_progress: OnProgress | None
) -> tuple[list[Part], Mapping[str, int]]:
    """The parts of interactions and feedback, and what was counted."""
    part, found = run_interactions(
        config,
        source,
        items,
        base=log.base,
        engine=log.engine,
        spill=log.spill / "events",
        reducers=(FeedbackReducer(config),),
        max_rejected=log.max_rejected,
        on_progress=on_progress,
    )
    _refuse_strangers(part, source.path, items)
    # Of a log without events only what is wrong with it: that nobody touched any item would be no finding.
    some = found.counts["events"] > 0
    parts = [part, feedback_part(found, config)] if some else [replace(part, measures=(), tables={})]
    return parts, found.counts


def _searches(
    config: AuditConfig, source: SearchSource, items: Entities, log: _Log, on_progress: OnProgress | None
) -> Part:
    return run_searches(
        config,
        source,
        items,
        base=log.base,
        engine=log.engine,
        spill=log.spill / "searches",
        max_rejected=log.max_rejected,
        on_progress=on_progress,
    )


def _refuse_strangers(part: Part, path: str, items: Entities) -> None:
    """A log and a catalog without an id in common are hardly of one shop, and every item would count as cold."""
    for finding in part.findings:
        if finding.name == "unknown_items" and finding.count == finding.total and len(items):
            raise DataError(
                f"log and catalog share no ids: none of {plural(finding.total, 'event')} is on an item of the catalog "
                f"(in the log, for example, {finding.examples[0]!r}; in the catalog {items.ids[0].as_py()!r})",
                path=path,
                hint="[data.events] item_id must hold the ids of [data.items] id",
            )


def _searched(part: Part) -> dict[str, int]:
    """How many searches there were, and of how many distinct queries."""
    bands = part.tables["query_bands"]
    return {name: int(pc.sum(bands[name], min_count=0).as_py()) for name in ("searches", "queries")}


def _missing(events: EventSource | None, searches: SearchSource | None, only: Collection[PartName]) -> list[str]:
    """What was not looked at, and so is not in any figure."""
    notes: list[str] = []
    if events is None and "interactions" in only:
        notes.append("no [data.events]: nothing is known of interactions, feedback, cold items, or items' demand")
    if searches is None and "search" in only:
        notes.append("no [data.searches]: nothing is known of queries, or of items that no query reaches")
    left = [part for part in PARTS if part not in only]
    if left:
        notes.append(f"only some parts were asked for; left out: {', '.join(left)}")
    return notes


def _settings(
    config: AuditConfig,
    items: Entities,
    events: EventSource | None,
    searches: SearchSource | None,
    only: Collection[PartName],
) -> dict[str, Any]:
    """What figures depend on beside the data: not where files lie."""
    sources: dict[str, Any] = {}
    for name, source in (("events", events), ("searches", searches)):
        if source is not None:
            fields = msgspec.to_builtins(source)
            sources[name] = {key: value for key, value in fields.items() if key != "path"}
    return {
        "audit": msgspec.to_builtins(config),
        **sources,
        "items": {"columns": sorted(items.table.column_names)},
        "parts": [part for part in PARTS if part in only],
    }


def _conform(name: str, table: pa.Table) -> pa.Table:
    """The table with exactly its schema, which is checked again when it is read."""
    schema = SCHEMAS[name]
    return table.select(schema.names).cast(schema)
