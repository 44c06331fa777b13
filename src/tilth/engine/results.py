"""The results of a job, as they come."""

from collections.abc import Generator, Iterator
from queue import Empty
from types import TracebackType

import pyarrow as pa

from tilth.engine.backend import Backend, Run
from tilth.engine.job import Job
from tilth.engine.partitions import Partition, windows
from tilth.engine.plan import Execution, Finished
from tilth.engine.progress import TICK_S, OnProgress, Tracker

_WINDOW = 32  # partitions for each worker: a worker idles half a partition at a window's end on average, 1.6 %
_WINDOW_BYTES = 256 << 20


class Results(Iterator[pa.Table]):
    """The partitions' results in the order of the partitions, as they come. Reading them is what drives the run.

    To leave early (`close`, the end of a `with`, an exception, Ctrl-C) tells the workers to stop and waits for what
    they return; a second Ctrl-C leaves at once.
    """

    def __init__(
        self, backend: Backend, job: Job, partitions: Iterator[Partition], on_progress: OnProgress | None
    ) -> None:
        self.stopped: str | None = None
        """Why a worker stopped the run; None if none did. Known when the results have been read to the end."""
        self._backend, self._partitions = backend, partitions
        self._run = backend.run(job)
        self._tracker = Tracker(self._run, on_progress)
        self._tables = self._all()

    def __next__(self) -> pa.Table:
        return next(self._tables)

    def __enter__(self) -> "Results":
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._tables.close()

    def _all(self) -> Generator[pa.Table, None, None]:
        try:
            for window in windows(self._partitions, _WINDOW * self._backend.workers, _WINDOW_BYTES):
                yield from _Window(window, self._run, self._tracker, self._backend).results()
                state = self._run.state()
                if state.error is not None:
                    raise state.error
                self.stopped = state.reason
                if self.stopped is not None:
                    break
            self._tracker.tell()
        finally:
            self._run.close()


class _Window:
    def __init__(self, partitions: list[Partition], run: Run, tracker: Tracker, backend: Backend) -> None:
        self._rows = {partition.place: partition.table.num_rows for partition in partitions}
        self._run, self._tracker, self._backend = run, tracker, backend
        self._execution = Execution(partitions, run)

    def results(self) -> Generator[pa.Table, None, None]:
        """Results in order: what comes before its turn is held back, at most the window."""
        early: dict[int, Finished] = {}
        turns = iter(self._rows)
        at_end = False
        try:
            turn = next(turns)
            for done in self._arriving():
                early[done.place] = done
                while turn in early:
                    table = early.pop(turn).table
                    if table is not None:
                        self._tracker.finish(self._rows[turn])
                        yield table
                    turn = next(turns, -1)
            at_end = True
        finally:
            if not at_end:
                self._run.stop("left early")
                self._execution.wait()

    def _arriving(self) -> Iterator[Finished]:
        while True:
            self._tracker.tick()
            try:
                with self._backend.plain_errors():
                    done = self._execution.next(TICK_S)
            except Empty:
                continue
            if done is None:
                return
            yield done
