"""What a runner has to provide; one folder implements it for each."""

from contextlib import AbstractContextManager
from typing import Any, Protocol

from tilth.engine.board import State
from tilth.engine.job import Job


class Run(Protocol):
    """One job at work."""

    def column(self, place: Any, partition: Any) -> Any:
        """The Daft expression that does the work.

        Args:
            place: expression of the partitions' places, int64.
            partition: expression of the partitions, packed, binary.

        Returns:
            Expression of the results, packed, binary; null where a partition was not begun because of a stop, or
            ended in a TilthError.
        """
        ...

    def stop(self, reason: str) -> None:
        """Tell the workers to begin nothing new and to return soon. The first reason stays."""
        ...

    def state(self) -> State: ...

    def close(self) -> None:
        """Called once no worker is at work; nothing else is called afterwards."""
        ...


class Backend(Protocol):
    def start(self) -> None:
        """Make ready, once a process: later calls return at once.

        Raises:
            ConfigError: this process has set another runner, or the cluster cannot be had as configured.
            MissingExtraError: a part is not installed.
        """
        ...

    @property
    def workers(self) -> int:
        """Partitions at work at once. Known once started."""
        ...

    def run(self, job: Job) -> Run: ...

    def plain_errors(self) -> AbstractContextManager[object]:
        """Within it, an error is raised as the worker raised it, without what the runner wraps around it.

        Raises:
            EngineError: the runner itself failed.
        """
        ...
