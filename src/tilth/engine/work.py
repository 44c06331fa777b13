"""One partition, from packed rows to a packed result: the same on every runner."""

from collections.abc import Callable
from typing import Protocol

from tilth.engine.job import Signals, Stopped, Worker
from tilth.engine.wire import pack, unpack
from tilth.errors import TilthError


class Halting(Protocol):
    """The part of a `Board` that a worker's end needs."""

    def stop(self, reason: str) -> None: ...

    def fail(self, error: TilthError) -> None: ...


def work_on(rows: bytes, opened: Callable[[], Worker], signals: Signals, board: Halting) -> bytes | None:
    """The worker's result, packed; None where there is none, because of a stop or an error.

    An error of Tilth's own goes over the board and not through Daft, which would kill the other workers at once:
    told to stop, they keep the answers that are in flight.
    """
    if signals.stopping:
        return None
    try:
        result = opened()(unpack(rows), signals)
    except TilthError as exc:
        board.fail(exc)
        return None
    if isinstance(result, Stopped):
        board.stop(result.reason)
        result = result.table
    return pack(result)
