"""What runs on partitions: a job, the worker it opens, and the signals between a worker and whoever waits."""

from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa


class Signals(Protocol):
    """A worker's line to the process that waits for the results, for as long as it works on one partition."""

    def add(self, **amounts: float) -> None:
        """Count up what is done of this partition, such as `add(calls=1, cost_usd=0.0003)`. Cheap; any thread."""
        ...

    @property
    def stopping(self) -> bool:
        """True once nobody waits any more (Ctrl-C, an error elsewhere, another partition's `Stopped`).

        A worker looks at it between pieces of work and then returns what it has.
        """
        ...


@dataclass(frozen=True)
class Stopped:
    """A partition that ended early, for a reason that holds for all others too, such as a spent budget."""

    table: pa.Table
    """What was done of it, maybe no rows."""
    reason: str


class Worker(Protocol):
    """A batch function with the expensive things it needs (clients, models) already open.

    Natively one worker serves several partitions at once from as many threads; on a cluster each process has its
    own, one partition at a time. A partition may come twice, after a process was lost: what was paid for before must
    be found again in a store.
    """

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table | Stopped:
        """The result of one partition; its rows need not match the partition's one by one."""
        ...

    def close(self) -> None:
        """Release what `open` took. Not called in a process that is killed, nor in a cluster's workers, which end
        by being killed: what must last is written before `__call__` returns."""
        ...


class Job(Protocol):
    """A frozen, picklable description of a worker, from a module that the workers can import.

    It holds settings and places, never secrets: `open` reads those from the environment of the process it runs in.
    """

    def open(self) -> Worker: ...
