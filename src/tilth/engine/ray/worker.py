"""The function that Daft's Ray runner calls, in processes of the cluster."""

from typing import Any

import daft

from tilth.engine.job import Job, Worker
from tilth.engine.ray.door import load_ray
from tilth.engine.ray.signals import RaySignals
from tilth.engine.work import work_on
from tilth.errors import ConfigError


class _Process:
    """One a process: opens its worker when the first partition comes.

    The job comes packed: where a node lacks its module, Daft would panic over a job that it cannot unpickle.
    """

    def __init__(self, job: bytes, board: str) -> None:
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
            self._worker = _unpacked(self._job).open()
        return self._worker


def ray_worker(job: Job, board: str, processes: int) -> Any:
    """The Daft class over `processes` worker processes; Daft starts one again when it is lost, four times."""
    return daft.cls(_Process, max_concurrency=processes)(load_ray().cloudpickle.dumps(job), board)


def _unpacked(job: bytes) -> Job:
    try:
        return load_ray().cloudpickle.loads(job)
    except ModuleNotFoundError as exc:
        raise ConfigError(
            f"[engine] a worker of the cluster has no module '{exc.name}'\n  hint: install what the job needs on "
            "every node"
        ) from exc
