"""What a run says while its endpoint is down."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_project import JUDGE, put_project, teacher, truthful

from tilth.apps.project import Project, Silent
from tilth.apps.project.asking.jobs import STALLED, Stalled
from tilth.llm import AdaptiveLimiter
from tilth.llm.limits import Outcome
from tilth.testing import FakeLLMServer, Faults


class Counted:
    """Signals that keep their sums."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.stopping = False

    def add(self, **amounts: float) -> None:
        for name, amount in amounts.items():
            self.sums[name] = self.sums.get(name, 0) + amount


class Noted(Silent):
    """Progress that keeps its notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


async def _end(limiter: AdaptiveLimiter, outcomes: Iterator[Outcome]) -> None:
    for outcome in outcomes:
        limiter.release(await limiter.acquire(), outcome)


def test_a_dead_endpoint_is_told_once_and_taken_back_once_it_answers() -> None:
    limiter, signals = AdaptiveLimiter(4), Counted()
    stalled = Stalled(signals, limiter, after_s=0)
    stalled.look()
    assert not signals.sums
    asyncio.run(_end(limiter, iter([Outcome("failed")] * 10)))
    for _ in range(3):
        stalled.look()
    assert signals.sums == {"stalled": 1}
    asyncio.run(_end(limiter, iter([Outcome("ok")])))
    stalled.look()
    assert signals.sums == {"stalled": 0}


def test_what_a_partition_told_does_not_outlast_it() -> None:
    limiter, signals = AdaptiveLimiter(4), Counted()
    asyncio.run(_end(limiter, iter([Outcome("failed")] * 10)))
    stalled = Stalled(signals, limiter, after_s=0)
    stalled.look()
    assert signals.sums == {"stalled": 1}
    for _ in range(2):
        stalled.end()
    assert signals.sums == {"stalled": 0}


def test_short_breaks_are_not_told() -> None:
    limiter, signals = AdaptiveLimiter(4), Counted()
    asyncio.run(_end(limiter, iter([Outcome("failed")] * 10)))
    Stalled(signals, limiter, after_s=60).look()
    assert not signals.sums


@pytest.mark.slow
def test_a_run_notes_an_outage_and_its_end(tmp_path: Path) -> None:
    progress = Noted()
    with FakeLLMServer(truthful, faults=Faults.at([(0.0, 6.0, "reset")])) as server:
        path = put_project(
            tmp_path / "p", teacher(server.base_url).replace("max_retries = 0", "max_retries = 4"), JUDGE, count=8
        )
        run = Project(path, progress=progress).judge()[0]
    assert run.labelled == 32
    assert progress.notes == [STALLED, ""]
