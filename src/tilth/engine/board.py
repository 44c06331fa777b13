"""What the workers of one run have counted, and whether they are to stop: an object here, an actor on a cluster."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from tilth.errors import TilthError


@dataclass(frozen=True)
class State:
    """`counts` by place of the partition, the `reason` to stop or None, the `error` that ended the run or None."""

    counts: Mapping[int, Mapping[str, float]]
    reason: str | None
    error: TilthError | None


class Board:
    """Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[int, Mapping[str, float]] = {}
        self._reason: str | None = None
        self._error: TilthError | None = None

    def exchange(self, place: int, counts: Mapping[str, float]) -> bool:
        """Take all that was counted of a partition so far, tell whether to stop. A second try replaces the first."""
        with self._lock:
            self._counts[place] = counts
            return self._reason is not None

    @property
    def stopping(self) -> bool:
        return self._reason is not None

    def stop(self, reason: str) -> None:
        """The first reason stays."""
        with self._lock:
            self._reason = self._reason or reason

    def fail(self, error: TilthError) -> None:
        """Stop because of an error. The first one stays."""
        with self._lock:
            self._reason, self._error = self._reason or "failed", self._error or error

    def state(self) -> State:
        with self._lock:
            return State(dict(self._counts), self._reason, self._error)
