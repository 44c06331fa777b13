"""One job on the threads of this process."""

import threading
import weakref
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from tilth.engine.board import Board, State
from tilth.engine.job import Job, Worker
from tilth.engine.native.signals import NativeSignals
from tilth.engine.work import work_on

_runs: "weakref.WeakValueDictionary[str, NativeRun]" = weakref.WeakValueDictionary()


def find_run(name: str) -> "NativeRun":
    """The run of that name in this process."""
    return _runs[name]


class NativeRun:
    """Opens one worker, when the first partition comes, and calls it from `workers` threads."""

    def __init__(self, job: Job, workers: int) -> None:
        self._job, self._workers, self._name = job, workers, uuid4().hex
        self._board = Board()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="tilth-engine")
        self._opening = threading.Lock()
        self._worker: Worker | None = None
        _runs[self._name] = self

    def column(self, place: Any, partition: Any) -> Any:
        from tilth.engine.native.worker import NativeWorker

        return NativeWorker(self._name).work.with_concurrency(self._workers)(place, partition)

    def submit(self, place: int, rows: bytes) -> "Future[bytes | None]":
        """Work on a partition in one of the threads."""
        return self._pool.submit(work_on, rows, self._opened, NativeSignals(self._board, place), self._board)

    def stop(self, reason: str) -> None:
        self._board.stop(reason)

    def state(self) -> State:
        return self._board.state()

    def close(self) -> None:
        self._pool.shutdown()
        if self._worker is not None:
            self._worker.close()

    def _opened(self) -> Worker:
        with self._opening:
            if self._worker is None:
                self._worker = self._job.open()
            return self._worker
