"""Prometheus metrics that are right with several workers: each counts in mapped files, a scrape adds them up.

`prometheus_client` chooses its way of counting when it is imported, from `PROMETHEUS_MULTIPROC_DIR`: `run` sets that
before any worker begins.
"""

from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from tilth.apps.serve.processes import is_alive
from tilth.artifacts import Distribution
from tilth.client.messages import Counts, Served

CONTENT_TYPE = CONTENT_TYPE_LATEST
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
WINDOW = 10_000
"""Drift is that of this many latest scores of each worker."""
MIN_WINDOW = 500
_BUCKETS = (0.00025, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class Metrics:
    """What one worker counts. A registry of its own lets tests make several."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "tilth_requests", "Requests answered, by route and status.", ["route", "status"], registry=registry
        )
        self.seconds = Histogram(
            "tilth_request_seconds", "Time to answer.", ["route"], buckets=_BUCKETS, registry=registry
        )
        self.candidates = Counter(
            "tilth_candidates", "Candidates by what became of them.", ["outcome"], registry=registry
        )
        self.modes = Counter("tilth_filtered_requests", "Filter requests by mode.", ["mode"], registry=registry)
        self.bins = Counter("tilth_scores", "Scores by bin of the artifact's distribution.", ["bin"], registry=registry)
        self.ignored = Counter(
            "tilth_ignored_attributes",
            "Names and values of attributes that were given and not looked at.",
            registry=registry,
        )
        self.reloads = Counter("tilth_reloads", "Reloads by how they ended.", ["outcome"], registry=registry)
        self.log_dropped = Gauge(
            "tilth_log_dropped",
            "Entries that a full queue or disk cost a log.",
            ["log"],
            multiprocess_mode="sum",
            registry=registry,
        )
        self.psi = Gauge(
            "tilth_score_psi",
            "Population stability index of a worker's latest scores against the artifact's.",
            multiprocess_mode="liveall",
            registry=registry,
        )
        self.artifact = Gauge(
            "tilth_artifact_info",
            "1 for the versions that a worker answers from, 0 for those that it did.",
            ["artifact", "threshold", "entities"],
            multiprocess_mode="liveall",
            registry=registry,
        )
        self._bins: list[Counter] = []
        self._answering: list[Any] = []
        self._count_suggestions(registry)
        self._count_understanding(registry)

    def _count_suggestions(self, registry: CollectorRegistry) -> None:
        self.suggester = Gauge(
            "tilth_suggester_info",
            "1 for the versions that a worker suggests from, 0 for those that it did.",
            ["suggester", "index"],
            multiprocess_mode="liveall",
            registry=registry,
        )
        self.offers = Counter(
            "tilth_suggest_requests", "Suggest requests by how they were found.", ["outcome"], registry=registry
        )
        self.arms = Counter(
            "tilth_suggest_explored",
            "Requests with a suggestion of a cold category to show, by whether they did.",
            ["arm"],
            registry=registry,
        )
        self.known_items = Counter(
            "tilth_suggest_known_items", "Requests whose text is the title of an item.", registry=registry
        )

    def _count_understanding(self, registry: CollectorRegistry) -> None:
        self.understanding = Gauge(
            "tilth_understanding_info",
            "1 for the versions that a worker understands queries from, 0 for those that it did.",
            ["understanding", "speller", "rules", "generation"],
            multiprocess_mode="liveall",
            registry=registry,
        )
        self.stale = Gauge(
            "tilth_understanding_stale",
            "1 where other proved rules are in force than those that a worker answers with.",
            multiprocess_mode="liveall",
            registry=registry,
        )
        self.understood = Counter(
            "tilth_understand_requests",
            "Requests for query understanding, by where the answer was from.",
            ["source"],
            registry=registry,
        )
        self.corrected = Counter(
            "tilth_understand_corrected", "Queries whose spelling was corrected.", registry=registry
        )

    def answer_from(self, served: Served) -> None:
        """Say which versions count from now on."""
        for gauge in self._answering:
            gauge.set(0)
        self._answering = []
        if (one := served.filter) is not None:
            self._answering.append(self.artifact.labels(one.artifact, one.threshold, one.entities))
        if (one := served.suggest) is not None:
            self._answering.append(self.suggester.labels(one.suggester, one.index or ""))
        if (one := served.understand) is not None:
            names = (one.understanding, one.speller or "", one.rules, one.generation or "")
            self._answering.append(self.understanding.labels(*names))
        for gauge in self._answering:
            gauge.set(1)

    def count_offer(self, outcome: str, arm: str | None, known_item: bool) -> None:
        """One request for suggestions."""
        self.offers.labels(outcome).inc()
        if arm is not None:
            self.arms.labels(arm).inc()
        if known_item:
            self.known_items.inc()

    def count_understood(self, source: str, *, corrected: bool) -> None:
        """One query that was to be understood."""
        self.understood.labels(source).inc()
        if corrected:
            self.corrected.inc()

    def count_bins(self, counts: list[int]) -> None:
        """How many scores fell into each bin of the artifact's distribution."""
        while len(self._bins) < len(counts):
            self._bins.append(self.bins.labels(str(len(self._bins))))  # looked up once, not with each request
        for child, number in zip(self._bins, counts, strict=False):
            if number:
                child.inc(number)

    def count(self, counts: Counts, mode: str | None) -> None:
        """One request's candidates; `mode` is None where nothing was decided."""
        kept = counts.candidates - counts.dropped - counts.guarded - counts.unknown - counts.late
        if mode is None:
            outcomes = {"scored": kept, "unknown": counts.unknown, "late": counts.late}
        else:
            self.modes.labels(mode).inc()
            outcomes = {
                "dropped": counts.dropped,
                "guarded": counts.guarded,
                "unknown": counts.unknown,
                "late": counts.late,
                "kept": kept,
            }
        for outcome, number in outcomes.items():
            if number:
                self.candidates.labels(outcome).inc(number)


class Drift:
    """The latest scores by bin, at least as many as `WINDOW` once so many have come."""

    def __init__(self, distribution: Distribution) -> None:
        self._distribution = distribution
        self._batches: deque[NDArray[np.int64]] = deque()
        self._total = np.zeros(len(distribution.shares), dtype=np.int64)

    def add(self, p: NDArray[np.float64]) -> NDArray[np.int64]:
        """Take in probabilities, shape (n,); returns how many fell into each bin."""
        counts = self._distribution.counts(p[~np.isnan(p)])
        self._batches.append(counts)
        self._total += counts
        while self._total.sum() - self._batches[0].sum() >= WINDOW:
            self._total -= self._batches.popleft()
        return counts

    def psi(self) -> float | None:
        """None before there are enough scores to say anything."""
        return self._distribution.drift(self._total) if self._total.sum() >= MIN_WINDOW else None


def exposition() -> bytes:
    """The metrics of all workers, in Prometheus' text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)


def forget_dead(folder: Path) -> None:
    """Gauges of workers that are gone say nothing any more; their counters stay."""
    for pid in _pids(folder):
        if not is_alive(pid):
            mark_process_dead(pid, str(folder))


def _pids(folder: Path) -> Iterable[int]:
    names = (path.stem.rpartition("_")[2] for path in folder.glob("gauge_live*.db"))
    return {int(name) for name in names if name.isdigit()}
