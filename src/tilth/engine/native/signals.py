"""A worker's end of the board, in the same process."""

import threading

from tilth.engine.board import Board


class NativeSignals:
    def __init__(self, board: Board, place: int) -> None:
        self._board, self._place = board, place
        self._lock = threading.Lock()
        self._counts: dict[str, float] = {}

    def add(self, **amounts: float) -> None:
        with self._lock:
            for name, amount in amounts.items():
                self._counts[name] = self._counts.get(name, 0) + amount
            self._board.exchange(self._place, dict(self._counts))

    @property
    def stopping(self) -> bool:
        return self._board.stopping
