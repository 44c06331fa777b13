"""The interaction half of an audit, from the log to its measures."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time

import numpy as np
from numpy.typing import NDArray

from tilth.audit.categories import Categories, categories_of
from tilth.audit.config import AuditConfig
from tilth.audit.interactions.activity import measure_activity
from tilth.audit.interactions.bucket import NO_TIME, Reducer
from tilth.audit.interactions.catalog import Catalog
from tilth.audit.interactions.collected import Collected, Collector
from tilth.audit.interactions.exposure import measure_exposure
from tilth.audit.interactions.findings import find_in_log
from tilth.audit.interactions.groups import categories_table, heat_table
from tilth.audit.interactions.log import FileLog, Log
from tilth.audit.interactions.newness import Births, Watch, births_of, measure_newness
from tilth.audit.interactions.periods import newness_table, windows_table
from tilth.audit.interactions.plan import Plan, Shared
from tilth.audit.interactions.popular import measure_popularity
from tilth.audit.interactions.result import Interactions
from tilth.audit.interactions.spread import leaving_out, measure_spread
from tilth.audit.interactions.survey import CATALOG_FILE, SurveyJob, spill_file, survey_tasks
from tilth.audit.interactions.surveyed import Merger, Surveyed
from tilth.audit.interactions.tabulate import activity_table, item_tables
from tilth.audit.interactions.tail import long_tail
from tilth.audit.interactions.users import UsersJob, user_tasks
from tilth.audit.interactions.windows import window_edges, window_length
from tilth.audit.result import Part
from tilth.data import EventSource, refuse_many_bad
from tilth.engine import Engine, OnProgress, Progress
from tilth.records import Entities


def run_interactions(
    config: AuditConfig,
    source: EventSource,
    items: Entities,
    *,
    base: Path,
    engine: Engine,
    spill: Path,
    on_progress: OnProgress | None = None,
    reducers: tuple[Reducer, ...] = (),
    max_rejected: float = 0.1,
    now: float | None = None,
) -> tuple[Part, Interactions]:
    """Measure what users did, in two passes: over the log as it lies, then over all events of each user.

    Everything is exact, but that users are told apart by 64-bit hashes of their ids. Disk: 30 bytes an event below
    `spill`, removed at the end, also after an error. Memory: 4 bytes x GROUPS an item and role (interactions,
    exposures, positives) that the log has, 4 bytes an item and window, and for each worker at work a batch of a
    million events or a bucket of half a million: more where a 1,024th of the users, or one user, has more.

    Args:
        items: with columns `category` and `created_at`, where they are known.
        spill: a folder that all workers share; on a cluster, one on a shared disk.
        on_progress: told how far the pass is that is going on; `counts` are of both: events_read and events_grouped.
        reducers: what else is to be worked out of each bucket of users.
        max_rejected: the share of the log's rows that may be unusable.
        now: seconds since 1970; the clock's if left out. Later times are of the future.

    Raises:
        DataError: the log cannot be read, or too many of its rows cannot be used.
    """
    log = FileLog.of(source, base)
    now_us = int((time() if now is None else now) * 1_000_000)
    spill.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=spill, prefix="interactions-") as folder:
        passes = _Passes(config, items, engine, Path(folder), on_progress)
        surveyed = passes.survey(log, now_us)
        refuse_many_bad(log.name, surveyed.bad, surveyed.counts.read, max_rejected)
        plan, births = passes.plan(surveyed)
        collected = passes.users(plan, surveyed, reducers)
        return _measure(items, passes.categories, plan, births, surveyed, collected)


class _Passes:
    """The two passes over one log, and what lies between them."""

    def __init__(
        self, config: AuditConfig, items: Entities, engine: Engine, folder: Path, on_progress: OnProgress | None
    ) -> None:
        self.categories = categories_of(items, level=config.category_level, most=config.max_categories)
        self._config, self._engine, self._folder, self._on_progress = config, engine, folder, on_progress
        self._catalog = Catalog.of(items)
        self._counts: Mapping[str, float] = {}

    def survey(self, log: Log, now: int) -> Surveyed:
        self._catalog.write(self._folder / CATALOG_FILE)
        job = SurveyJob(log, self._config.kinds, self._config.bot_share, self._folder, now)
        merger = Merger(len(self._catalog), self._config.kinds)
        tasks = survey_tasks(log.pieces)
        for result in self._engine.map(job, tasks, partition_rows=1, on_progress=self._tell):
            merger.add(result)
        return merger.merged()

    def plan(self, surveyed: Surveyed) -> tuple[Plan, Births]:
        births = births_of(self._catalog.created, surveyed)
        tails = [long_tail(counts, self._config.head_share) for counts in leaving_out(surveyed.events)]
        Shared(surveyed.events, np.stack([*tails[1:], tails[0]]), self.categories.of_item, births.new).write(
            self._folder
        )
        plan = Plan(
            kinds=surveyed.kinds,
            edges=tuple(_edges(self._config, surveyed).tolist()),
            categories=len(self.categories.names),
            shown=surveyed.exposed,
            giant=max(int(self._config.bot_share * surveyed.counts.events), 1000),
            config=self._config,
        )
        return plan, births

    def users(self, plan: Plan, surveyed: Surveyed, reducers: tuple[Reducer, ...]) -> Collected:
        files = tuple(spill_file(self._folder, task) for task in range(len(surveyed.local_kinds)))
        job = UsersJob(plan, files, surveyed.local_kinds, reducers, self._folder)
        collector = Collector(plan, len(self._catalog), tuple(reducer.name for reducer in reducers))
        tasks = user_tasks(surveyed.slices)
        for result in self._engine.map(job, tasks, partition_rows=1, on_progress=self._tell):
            collector.add(result)
        return collector.collected()

    def _tell(self, progress: Progress) -> None:
        self._counts = {**self._counts, **progress.counts}
        if self._on_progress is not None:
            self._on_progress(replace(progress, counts=self._counts))


def _edges(config: AuditConfig, surveyed: Surveyed) -> NDArray[np.int64]:
    if not surveyed.timed:
        return np.zeros(0, np.int64)
    length = config.window or window_length(surveyed.start, surveyed.end)
    return window_edges(surveyed.start, surveyed.end, length)


def _measure(
    items: Entities, categories: Categories, plan: Plan, births: Births, surveyed: Surveyed, collected: Collected
) -> tuple[Part, Interactions]:
    edges = np.array(plan.edges, np.int64)
    watch = Watch(births, collected.early, plan.config.first_k, surveyed.end)
    measures = (
        *measure_spread(surveyed.events, categories),
        *measure_activity(collected, len(items)),
        *measure_popularity(collected, shown=plan.shown),
        *measure_exposure(surveyed, categories),
        *measure_newness(watch, timed=surveyed.timed),
    )
    tables = {
        **item_tables(items, categories, surveyed, collected),
        "activity": activity_table(collected),
        "categories": categories_table(categories, surveyed, collected),
        "windows": windows_table(edges, births, surveyed, collected, plan.config.head_share),
        "newness": newness_table(edges, births, watch),
        "heat": heat_table(categories, collected, edges),
    }
    part = Part(measures, tables, find_in_log(surveyed, collected, plan, categories))
    return part, _interactions(surveyed, collected)


def _interactions(surveyed: Surveyed, collected: Collected) -> Interactions:
    exposure = surveyed.exposures.sum(axis=0, dtype=np.int64)
    events = surveyed.events.sum(axis=0, dtype=np.int64)
    users, _, pairs = collected.people.sum(axis=0).tolist()
    levels = [int((level * count).sum()) for level, count in collected.activity]
    counts = {
        "events": surveyed.counts.events,
        "interactions": sum(levels),
        "exposures": surveyed.counts.events - sum(levels),
        "users": users,
        "pairs": pairs,
        "items": len(events),
        "known_items": int((surveyed.seen != NO_TIME).sum()) if surveyed.timed else int((events + exposure > 0).sum()),
    }
    return Interactions(
        events=events,
        users=collected.item_users,
        exposures=exposure,
        first_ts=surveyed.first,
        kinds=surveyed.kinds,
        counts=counts,
        reduced=collected.reduced,
    )
