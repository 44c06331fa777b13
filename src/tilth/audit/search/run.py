"""The search half of the audit."""

from datetime import UTC, datetime
from pathlib import Path

from tilth.audit.config import AuditConfig
from tilth.audit.result import Part
from tilth.audit.search import tables
from tilth.audit.search.catalog_view import view_catalog
from tilth.audit.search.findings import findings_of
from tilth.audit.search.log import count_log
from tilth.audit.search.measures import measure_catalog, measure_log
from tilth.audit.search.unmet_table import cluster_unmet
from tilth.data import SearchSource
from tilth.engine import Engine, OnProgress
from tilth.records import Entities


def run_searches(
    config: AuditConfig,
    source: SearchSource,
    items: Entities,
    *,
    base: Path,
    engine: Engine,
    spill: Path,
    on_progress: OnProgress | None = None,
    now: datetime | None = None,
    max_rejected: float = 0.1,
) -> Part:
    """Audit a query log against a catalog.

    Args:
        items: the catalog; a column `category` is used if it is there.
        base: the folder that paths in `source` are relative to.
        spill: a new folder that all workers can reach; about the size of the log is written to it.
        now: searches after it lie in the future; the present moment if left out.
        max_rejected: share of the log's rows that may be unusable.

    Raises:
        DataError: a file cannot be used as a whole, or too many of its rows cannot.
        ConfigError: the source's settings contradict each other.
    """
    log = count_log(
        config,
        source,
        items,
        base=base,
        engine=engine,
        spill=spill,
        now=now or datetime.now(UTC),
        max_rejected=max_rejected,
        on_progress=on_progress,
    )
    view = view_catalog(config, log, items, engine=engine, spill=spill, on_progress=on_progress)
    clusters = cluster_unmet(log, view)
    return Part(
        measures=(*measure_log(log), *measure_catalog(log, view)),
        tables={
            "query_bands": tables.query_bands(log),
            "queries": tables.queries(log, view, clusters),
            "query_tail": tables.query_tail(log),
            "reach": tables.reach(view),
            "unreached_items": tables.unreached_items(items, view),
            "unmet": clusters.table,
            "supply": tables.supply(log, view),
        },
        findings=tuple(findings_of(config, log)),
    )
