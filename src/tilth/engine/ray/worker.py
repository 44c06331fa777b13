"""The function that Daft's Ray runner calls, in processes of the cluster."""

from typing import Any

import daft

from tilth.engine.job import Job, Worker
from tilth.engine.ray.signals import RaySignals
from tilth.engine.work import work_on


class _Process:
    """One a process: opens its worker when the first partition comes."""

    def __init__(self, job: Job, board: str) -> None:
        self._job, self._board = job, board
        self._worker: Worker | None = None

    @daft.method.batch(return_dtype=daft.DataType.binary(), batch_size=1)
    def work(self, place: Any, rows: Any) -> list[bytes | None]:
        return [self._one(*pair) for pair in zip(place.to_pylist(), rows.to_pylist(), strict=True)]

    def _one(self, place: int, rows: bytes) -> bytes | None:
        with RaySignals(self._board, place) as signals:
            return work_on(rows, self._opened, signals, signals)

    def _opened(self) -> Worker:
        if self._worker is None:
            self._worker = self._job.open()
        return self._worker


def ray_worker(job: Job, board: str, processes: int) -> Any:
    """The Daft class over `processes` worker processes; Daft starts one again when it is lost, four times."""
    return daft.cls(_Process, max_concurrency=processes)(job, board)
