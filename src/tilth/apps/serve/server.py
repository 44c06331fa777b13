"""What one worker is made of: the artifact it answers from, what it writes down, and how both are renewed."""

import asyncio
import gc
import random
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
from prometheus_client import CollectorRegistry

from tilth.apps.serve.access import AccessLog, Line
from tilth.apps.serve.audit import SCHEMA as AUDIT_SCHEMA
from tilth.apps.serve.audit import AuditSample
from tilth.apps.serve.background import Background
from tilth.apps.serve.config import LogConfig, ServeConfig, load_serve_config
from tilth.apps.serve.decisions import SCHEMA as DECISION_SCHEMA
from tilth.apps.serve.decisions import DecisionLog
from tilth.apps.serve.files import RotatedParquet, remove_unfinished
from tilth.apps.serve.metrics import Drift, Metrics
from tilth.apps.serve.places import Places
from tilth.apps.serve.reloading import WorkerState, forget_dead_states, read_stamp, write_state
from tilth.apps.serve.service import Answered
from tilth.apps.serve.serving import Serving, load_serving
from tilth.apps.serve.suggest.answer import Offer
from tilth.apps.serve.suggest.decisions import SCHEMA as SUGGESTION_SCHEMA
from tilth.apps.serve.suggest.decisions import SuggestionLog
from tilth.apps.serve.warmup import warm_up
from tilth.client.messages import UnderstandReply
from tilth.errors import TilthError

POLL_S = 0.25


def _load_warm(work: Path, config: ServeConfig, before: Serving | None = None) -> Serving:
    serving = load_serving(work, config, before)
    warm_up(serving)
    return serving


class Server:
    """Everything that a worker's routes need. `serving` is replaced whole; a request reads it once."""

    def __init__(self, config_path: Path) -> None:
        config, work = load_serve_config(config_path)
        self.config_path, self.places = config_path, Places(work)
        self.heavy = ThreadPoolExecutor(1, "scoring")
        self._loading = ThreadPoolExecutor(1, "loading")  # always the same thread: its memory is used again
        self.serving: Serving = self._loading.submit(_load_warm, work, config).result()
        self.heavy.submit(warm_up, self.serving).result()  # where texts will be scored
        self.metrics = Metrics(CollectorRegistry())
        self.ready = False
        self._drift = self._new_drift()
        self._logs(config.log)
        self._stamp = read_stamp(self.places)
        self._report(None)
        # A log's thread gives way to an answer after half a millisecond, not after five.
        sys.setswitchinterval(0.0005)
        gc.collect()
        gc.freeze()  # what was loaded stays: no collection needs to look at it again

    def _logs(self, config: LogConfig) -> None:
        places = self.places
        for folder in (places.decisions, places.suggestions, places.audit):
            remove_unfinished(folder)  # of the killed worker whose place this one takes
        forget_dead_states(places)
        access = AccessLog(places.access if config.access == "file" else None)
        self.access = None if config.access == "off" else Background[Line](access, 10 * config.queue)

        def files(folder: Path, schema: pa.Schema, max_mb: float = config.max_mb) -> RotatedParquet:
            rows = config.rotate_rows
            return RotatedParquet(folder, schema, rotate_s=config.rotate_s, rotate_rows=rows, max_bytes=max_mb * 1e6)

        decided = DecisionLog(files(places.decisions, DECISION_SCHEMA))
        self.decisions = Background[Answered](decided, config.queue) if config.decisions else None
        suggested = SuggestionLog(files(places.suggestions, SUGGESTION_SCHEMA))
        self.suggestions = Background[Offer](suggested, config.queue) if config.suggestions else None
        sample = files(places.audit, AUDIT_SCHEMA, float("inf"))
        self.audit = Background[Answered](AuditSample(sample, random.Random()), config.queue)  # noqa: S311

    def note(self, answered: Sequence[Answered]) -> None:
        """Hand decisions to the logs and to the metrics."""
        for one in answered:
            self.metrics.count(one.counts, one.guarded.mode)
            if self.decisions is not None:
                self.decisions.put(one)
            if one.loaded.config.guards.audit_share > 0:
                self.audit.put(one)
            if self._drift is not None and one.loaded is self.serving.filter:
                self.metrics.count_bins(self._drift.add(one.scored.p).tolist())

    def note_offer(self, offer: Offer) -> None:
        """Hand suggestions to the log and to the metrics."""
        self.metrics.count_offer(offer.outcome, offer.arm, offer.reply.known_item)
        if self.suggestions is not None:
            self.suggestions.put(offer)

    def note_understood(self, reply: UnderstandReply) -> None:
        """Hand what was understood to the metrics. Queries are written down nowhere."""
        self.metrics.count_understood(reply.source or "late", corrected=reply.corrected is not None)

    def refresh_gauges(self) -> None:
        """What is cheaper to look up now and then than to count with each request."""
        for name, log in self._written():
            if log is not None:
                self.metrics.log_dropped.labels(name).set(log.dropped)
        psi = self._drift.psi() if self._drift is not None else None
        if psi is not None:
            self.metrics.psi.set(psi)

        if (understand := self.serving.understand) is not None:
            self.metrics.stale.set(understand.served.stale)

    def _written(self) -> list[tuple[str, Background[Any] | None]]:
        return [
            ("access", self.access),
            ("decisions", self.decisions),
            ("suggestions", self.suggestions),
            ("audit", self.audit),
        ]

    async def watch(self) -> None:
        """Reload whenever the stamp changes; refresh the gauges. Runs until it is cancelled."""
        while True:
            await asyncio.sleep(POLL_S)
            self.refresh_gauges()
            stamp = read_stamp(self.places)
            if stamp != self._stamp:
                self._stamp = stamp
                await self._reload()

    async def _reload(self) -> None:
        """Load beside the old artifact and swap; whatever is wrong with the new one, the old one goes on answering."""
        try:
            config, work = load_serve_config(self.config_path)
            self.serving = await asyncio.get_running_loop().run_in_executor(
                self._loading, _load_warm, work, config, self.serving
            )
        except TilthError as exc:
            self.metrics.reloads.labels("failed").inc()
            sys.stderr.write(f"reload failed, the artifact before goes on answering: {exc}\n")
            self._report(str(exc))
            return
        self._drift = self._new_drift()
        self.metrics.reloads.labels("done").inc()
        self._report(None)

    def _new_drift(self) -> Drift | None:
        loaded = self.serving.filter
        return Drift(loaded.distribution) if loaded is not None and loaded.distribution is not None else None

    def _report(self, error: str | None) -> None:
        served = self.serving.served
        self.metrics.answer_from(served)
        write_state(self.places, WorkerState(self._stamp, served, error, time.time()))

    def close(self) -> None:
        """Write down what is left."""
        self.ready = False
        self.heavy.shutdown()
        self._loading.shutdown()
        for _, log in self._written():
            if log is not None:
                log.close()
