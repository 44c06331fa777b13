"""A job over the partitions of a table, on whichever runner is configured."""

from collections.abc import Iterable

import pyarrow as pa

from tilth.engine.backend import Backend
from tilth.engine.config import EngineConfig
from tilth.engine.job import Job
from tilth.engine.partitions import cut
from tilth.engine.progress import OnProgress
from tilth.engine.results import Results


class Engine:
    """Runs jobs with Daft, natively or on a cluster."""

    def __init__(self, config: EngineConfig, backend: Backend) -> None:
        self._config, self._backend = config, backend

    def start(self) -> None:
        """Settle Daft's runner for this process; `map` does it by itself.

        A plan over a Daft DataFrame that is built afterwards runs there too.

        Raises:
            ConfigError: this process has set another runner, or the cluster cannot be had as configured.
            MissingExtraError: the runner's extra is not installed.
        """
        self._backend.start()

    def map(
        self,
        job: Job,
        tables: pa.Table | Iterable[pa.Table],
        *,
        partition_rows: int | None = None,
        on_progress: OnProgress | None = None,
    ) -> Results:
        """Open workers from `job` and give them the partitions of `tables`.

        Args:
            tables: all of one schema. A stream of them is read a window ahead: 32 partitions for each worker, or
                256 MiB, whichever is less.
            partition_rows: rows of a partition where a row stands for more than itself, such as a file; the
                configured ones if left out.
            on_progress: called about four times a second while results are waited for, in the reader's thread.

        Raises:
            Exception: what a worker raised, of the same type and message on both runners, while results are read.
            EngineError: the cluster lost its workers for good; likewise.
            ConfigError, MissingExtraError: as `start`.
        """
        self._backend.start()
        stream = [tables] if isinstance(tables, pa.Table) else tables
        return Results(self._backend, job, cut(stream, partition_rows or self._config.partition_rows), on_progress)
