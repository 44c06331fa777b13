"""A step's questions as a job for the engine: partitions in, answers as a table out, and what it took."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pyarrow as pa

from tilth.apps.project.asking.llms import OpenLLM, open_llm
from tilth.apps.project.asking.spending import Allowance
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress
from tilth.config import Config
from tilth.engine import Engine, Signals, open_engine
from tilth.engine import Progress as EngineProgress
from tilth.llm import Answer, Ledger, Limiter, Request, Session, Tally

ROWS_AT_ONCE = 2000
STALLED_S = 3.0
"""An endpoint that lets no call through for so long is told of; shorter breaks are part of finding its limits."""
STALLED = "the endpoint refuses or fails; trying now and then"
TALLY = b"tilth:tally"
"""Key in a table's metadata of what it took to make it."""


class Task(Protocol):
    """What a step asks, row by row; frozen and picklable."""

    @property
    def keys(self) -> tuple[str, ...]:
        """What a request is keyed by, of `context_id` and `item_id`."""
        ...

    @property
    def schema(self) -> pa.Schema:
        """Of the results."""
        ...

    def requests(self, partition: pa.Table, llm: OpenLLM) -> Iterator[Request]: ...

    def results(self, answers: Sequence[Answer], llm: OpenLLM) -> pa.Table: ...


@dataclass(frozen=True)
class AskJob:
    """Asks a task's questions of the LLM called `name`, wherever it runs; the key comes from the environment there."""

    task: Task
    name: str
    config: Config
    base: Path
    work: Path
    run: Ledger | None = None

    def open(self) -> "AskWorker":
        return AskWorker(self)


class AskWorker:
    """The LLM opened once for all partitions of a process, which share its limiter, store and budget."""

    def __init__(self, job: AskJob) -> None:
        self._task = job.task
        self._open = ExitStack()
        opened = open_llm(job.name, job.config, job.task.keys, base=job.base, work=job.work, run=job.run)
        self._llm = self._open.enter_context(opened)
        self._session = self._open.enter_context(Session(self._llm.client))

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        """The answers to the partition's questions; those that were left are in the tally only."""
        tally, told, stalled = Tally(), Told(signals), Stalled(signals, self._llm.client.limiter)

        def stopping() -> bool:
            stalled.look()
            return signals.stopping

        answers = self._session.ask(
            self._task.requests(partition, self._llm), tally=tally, on_answer=told, stopping=stopping
        )
        tables = [self._task.schema.empty_table()]
        batch: list[Answer] = []
        for answer in answers:
            if not answer.left:
                batch.append(answer)
            if len(batch) == ROWS_AT_ONCE:
                tables.append(self._task.results(batch, self._llm))
                batch = []
        tables.append(self._task.results(batch, self._llm))
        told.tell(tally)
        stalled.end()
        return pa.concat_tables(tables).replace_schema_metadata({TALLY: msgspec.json.encode(tally)})

    def close(self) -> None:
        self._open.close()


@dataclass
class Told:
    """Passes counts on to whoever waits; the engine thins them out."""

    signals: Signals
    last: Tally = field(default_factory=Tally)

    def __call__(self, _: Answer, tally: Tally) -> None:
        if tally.asked + tally.left - self.last.asked - self.last.left >= 20:
            self.tell(tally)

    def tell(self, tally: Tally) -> None:
        done = tally.asked + tally.left - self.last.asked - self.last.left
        spent, unpriced = tally.cost_usd - self.last.cost_usd, tally.unpriced - self.last.unpriced
        self.signals.add(done=done, cost_usd=spent, unpriced=unpriced)
        self.last = replace(tally)


class Stalled:
    """Tells whoever waits when the endpoint has let no call through for a while, and when it does again."""

    def __init__(self, signals: Signals, limiter: Limiter, after_s: float = STALLED_S) -> None:
        self._signals, self._limiter, self._after_s = signals, limiter, after_s
        self._since: float | None = None
        self._told = False

    def look(self) -> None:
        """Look at the limiter; cheap."""
        now = time.monotonic()
        self._since = None if self._limiter.healthy else self._since or now
        stalled = self._since is not None and now - self._since >= self._after_s
        if stalled != self._told:
            self._signals.add(stalled=1 if stalled else -1)
            self._told = stalled

    def end(self) -> None:
        """The partition is done, and nobody looks any more: what it told must not stay for the rest of the run."""
        if self._told:
            self._signals.add(stalled=-1)
            self._told = False


def ask(
    engine: Engine, job: AskJob, tables: Iterator[pa.Table], progress: Progress
) -> Iterator[tuple[pa.Table, Tally]]:
    """The results, partition by partition in their order, each with what it took.

    Raises:
        LLMError: the endpoint refuses all calls, or the answer store cannot be used.
    """
    with engine.map(job, tables, on_progress=_Shown(progress)) as results:
        for table in results:
            tally = msgspec.json.decode(table.schema.metadata[TALLY], type=Tally)
            yield table.replace_schema_metadata(None), tally


def ask_rows(
    task: Task,
    name: str,
    rows: pa.Table,
    inputs: Inputs,
    work: Path,
    progress: Progress,
    allowance: Allowance,
    *,
    doing: str,
    repeats: int = 1,
) -> tuple[pa.Table, Tally]:
    """All that `task` asks the LLM called `name` about `rows`, `repeats` times each: a table of the task's schema, and
    what it took. `doing` is what the progress bar says.

    Raises:
        LLMError: the endpoint refuses all calls, or the answer store cannot be used.
    """
    job = AskJob(task, name, inputs.config, inputs.base.resolve(), work.resolve(), allowance.ledger)
    tally, parts = Tally(), [task.schema.empty_table()]
    progress.start(f"{name} {doing}", len(rows) * repeats)
    slices = (rows.slice(start, ROWS_AT_ONCE) for start in range(0, len(rows), ROWS_AT_ONCE))
    for table, took in ask(engine_of(inputs.config), job, slices, progress):
        parts.append(table)
        tally += took
    progress.finish()
    return pa.concat_tables(parts), tally


def engine_of(config: Config) -> Engine:
    """The engine of `[engine]`."""
    return open_engine(config.engine)


class _Shown:
    """An engine's progress as the project's."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._done, self._stalled = progress, 0, False

    def __call__(self, state: EngineProgress) -> None:
        counts: dict[str, Any] = {"done": 0, "cost_usd": 0.0, "unpriced": 0, "stalled": 0, **state.counts}
        done = int(counts["done"])
        cost_usd = None if counts["unpriced"] else float(counts["cost_usd"])
        if done > self._done:  # a partition that is done again counts anew
            self._progress.advance(done - self._done, cost_usd=cost_usd)
            self._done = done
        stalled = counts["stalled"] > 0
        if stalled != self._stalled:
            self._progress.note(STALLED if stalled else "")
            self._stalled = stalled
