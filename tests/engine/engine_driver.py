"""Runs what a test asks in a process whose Daft has the wanted runner: a process can have but one."""

import multiprocessing
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pyarrow as pa
from engine_jobs import Double, Endless, numbers

from tilth.engine import EngineConfig, Job, Progress, open_engine

Runner = Literal["native", "ray"]
WORKERS = 2


class Driver:
    """One process, kept for all tests of its runner."""

    def __init__(self, runner: Runner) -> None:
        self.runner: Runner = runner
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=warnings.simplefilter, initargs=("error",))

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return self._pool.submit(function, self.runner, *arguments).result(timeout=90)

    def close(self) -> None:
        self._pool.shutdown()


def config(runner: Runner, rows: int) -> EngineConfig:
    return EngineConfig(runner=runner, partition_rows=rows, workers=WORKERS)


def mapped(runner: Runner, job: Job, count: int, rows: int) -> tuple[list[pa.Table], str | None, list[Progress]]:
    """Results, why it was stopped, and what was told of its progress, of a job over `count` numbers."""
    progress: list[Progress] = []
    results = open_engine(config(runner, rows)).map(job, numbers(count), on_progress=progress.append)
    return list(results), results.stopped, progress


def mapped_stream(runner: Runner, job: Job, sizes: list[int], rows: int) -> list[pa.Table]:
    """As `mapped`, of a stream of tables of these sizes."""
    table, starts = numbers(sum(sizes)), [sum(sizes[:i]) for i in range(len(sizes))]
    stream = (table.slice(start, size) for start, size in zip(starts, sizes, strict=True))
    return list(open_engine(config(runner, rows)).map(job, stream))


def mapped_by(runner: Runner, job: Job, count: int, partition_rows: int) -> list[pa.Table]:
    """Results of a job over `count` numbers that says how large its partitions are."""
    return list(open_engine(config(runner, 100)).map(job, numbers(count), partition_rows=partition_rows))


def read_ahead(runner: Runner, job: Job, partitions: int, rows: int) -> list[int]:
    """How many partitions the engine had drawn from an endless-looking source as each result came."""
    drawn = 0

    def source() -> Iterator[pa.Table]:
        nonlocal drawn
        for _ in range(partitions):
            drawn += 1
            yield numbers(rows)

    return [drawn for _ in open_engine(config(runner, rows)).map(job, source())]


def left_early(runner: Runner, folder: str) -> float:
    """Seconds until a run that never ends by itself was left, counted from the wish to leave."""
    results = open_engine(config(runner, 1)).map(Endless(folder), numbers(8), on_progress=_raise_when_started(folder))
    try:
        list(results)
    except LookupError as exc:
        return time.monotonic() - exc.args[0]
    raise AssertionError("it ended by itself")


def _raise_when_started(folder: str) -> Callable[[Progress], None]:
    def watch(_progress: Progress) -> None:
        if len(list(Path(folder).glob("started-*"))) == WORKERS:
            raise LookupError(time.monotonic())

    return watch


def mapped_despite_kill(
    runner: Runner, job: Job, count: int, rows: int, victim: str
) -> tuple[list[pa.Table], Progress]:
    """Results and last progress, having killed the process that leaves the first file of the pattern `victim`."""
    folder, pattern = Path(victim).parent, Path(victim).name
    killed: list[int] = []
    told: list[Progress] = []

    def watch(progress: Progress) -> None:
        told.append(progress)
        for path in [] if killed else list(folder.glob(pattern)):
            killed.append(int(path.name.rpartition("-")[2]))
            os.kill(killed[0], signal.SIGKILL)

    return list(open_engine(config(runner, rows)).map(job, numbers(count), on_progress=watch)), told[-1]


def other_runner(runner: Runner) -> None:
    """Ask for the other runner in a process that has one."""
    open_engine(config(runner, 1)).start()
    open_engine(config("ray" if runner == "native" else "native", 1)).start()


def job_from_nowhere(runner: Runner) -> None:
    """Map a job of a module that this process alone has."""
    module = sys.modules["only_here"] = ModuleType("only_here")
    module.Job = type("Job", (Double,), {"__module__": "only_here"})  # type: ignore[attr-defined]
    list(open_engine(config(runner, 1)).map(module.Job(), numbers(1)))


def too_many_workers(runner: Runner) -> None:
    open_engine(EngineConfig(runner=runner, workers=64)).start()


def telemetry(runner: Runner) -> bool:
    """Whether Daft would call home."""
    open_engine(config(runner, 1)).start()
    from daft.scarf_telemetry import opted_out

    return not opted_out()
