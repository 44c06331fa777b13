"""One job on the worker processes of a cluster."""

from typing import Any
from uuid import uuid4

from tilth.engine.board import State
from tilth.engine.job import Job
from tilth.engine.ray.door import load_ray
from tilth.engine.ray.signals import open_board


class RayRun:
    def __init__(self, job: Job, workers: int) -> None:
        self._ray, self._job, self._workers = load_ray(), job, workers
        self._name = f"run-{uuid4().hex}"
        self._board = open_board(self._name)

    def column(self, place: Any, partition: Any) -> Any:
        from tilth.engine.ray.worker import ray_worker

        return ray_worker(self._job, self._name, self._workers).work(place, partition)

    def stop(self, reason: str) -> None:
        self._ray.get(self._board.stop.remote(reason))

    def state(self) -> State:
        return self._ray.get(self._board.state.remote())

    def close(self) -> None:
        self._ray.kill(self._board)
