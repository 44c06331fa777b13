"""A worker's end of the board, which is an actor of the cluster."""

import threading
from typing import Any

from tilth.engine.board import Board
from tilth.engine.ray.door import load_ray
from tilth.errors import TilthError

_NAMESPACE = "tilth"
_BEAT_S = 0.5


def open_board(name: str) -> Any:
    """Start the actor, under a name by which the workers find it. It needs no CPU of the cluster."""
    return load_ray().remote(num_cpus=0)(Board).options(name=name, namespace=_NAMESPACE).remote()


class RaySignals:
    """While it is entered, a thread exchanges counts for the word to stop every half second."""

    def __init__(self, board: str, place: int) -> None:
        self._ray, self._place = load_ray(), place
        self._board = self._ray.get_actor(board, namespace=_NAMESPACE)
        self._lock = threading.Lock()
        self._counts: dict[str, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="tilth-signals", daemon=True)
        self.stopping = False

    def __enter__(self) -> "RaySignals":
        self._exchange()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._exchange()

    def add(self, **amounts: float) -> None:
        with self._lock:
            for name, amount in amounts.items():
                self._counts[name] = self._counts.get(name, 0) + amount

    def stop(self, reason: str) -> None:
        self._ray.get(self._board.stop.remote(reason))

    def fail(self, error: TilthError) -> None:
        self._ray.get(self._board.fail.remote(error))

    def _beat(self) -> None:
        while not self._ended.wait(_BEAT_S):
            self._exchange()

    def _exchange(self) -> None:
        with self._lock:
            counts = dict(self._counts)
        self.stopping = self._ray.get(self._board.exchange.remote(self._place, counts))
