"""Daft's native runner."""

from contextlib import AbstractContextManager, nullcontext

from tilth.engine.config import EngineConfig
from tilth.engine.job import Job
from tilth.engine.native.interrupts import keep_interrupts
from tilth.engine.native.run import NativeRun
from tilth.engine.runner import set_runner

_WORKERS = 2  # the second fills the first one's slow tail


class NativeBackend:
    def __init__(self, config: EngineConfig) -> None:
        self.workers = config.workers or _WORKERS
        self._started = False

    def start(self) -> None:
        import daft

        if not self._started:
            set_runner("native", daft.set_runner_native)
            keep_interrupts()
            self._started = True

    def run(self, job: Job) -> NativeRun:
        return NativeRun(job, self.workers)

    def plain_errors(self) -> AbstractContextManager[object]:
        return nullcontext()  # they come as they are
