"""The Daft plan for a window of partitions, and the thread that carries it out."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import pyarrow as pa

from tilth.engine.backend import Run
from tilth.engine.partitions import Partition
from tilth.engine.wire import pack, unpack

_PLACE, _ROWS, _RESULT = "place", "rows", "result"
_SCHEMA = pa.schema([(_PLACE, pa.int64()), (_ROWS, pa.large_binary())])


@dataclass(frozen=True)
class Finished:
    place: int
    table: pa.Table | None
    """None where the partition has no result."""


class Execution:
    """Carries out one window in a thread of its own, so that the caller's can be interrupted at any time."""

    def __init__(self, window: list[Partition], run: Run) -> None:
        arrived: SimpleQueue[Finished | None] = SimpleQueue()
        pool = ThreadPoolExecutor(1, thread_name_prefix="tilth-plan")
        self._arrived = arrived
        self._ended: Future[None] = pool.submit(_carry_out, window, run, arrived)
        self._ended.add_done_callback(lambda _: arrived.put(None))
        pool.shutdown(wait=False)

    def next(self, timeout: float) -> Finished | None:
        """What is finished next, in any order; None at the end.

        Raises:
            queue.Empty: nothing within `timeout` seconds.
            Exception: the plan failed, as the runner puts it.
        """
        arrived = self._arrived.get(timeout=timeout)
        if arrived is None:
            self._ended.result()
        return arrived

    def wait(self) -> None:
        """Until the plan has ended, however it does."""
        self._ended.exception()


def _carry_out(window: list[Partition], run: Run, arrived: "SimpleQueue[Finished | None]") -> None:
    import daft

    frame = daft.from_arrow([_row(partition) for partition in window])
    work = run.column(frame[_PLACE], frame[_ROWS]).alias(_RESULT)
    for batch in frame.select(_PLACE, work).to_arrow_iter():
        for place, result in zip(batch.column(_PLACE).to_pylist(), batch.column(_RESULT), strict=True):
            arrived.put(Finished(place, unpack(result.as_buffer()) if result.is_valid else None))


def _row(partition: Partition) -> pa.Table:
    """A table of one row, so that a partition is one piece of work on every runner."""
    columns = [pa.array([partition.place], pa.int64()), pa.array([pack(partition.table)], pa.large_binary())]
    return pa.table(columns, schema=_SCHEMA)
