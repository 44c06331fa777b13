"""Daft's native runner."""

from contextlib import AbstractContextManager, nullcontext

from tilth.engine.config import EngineConfig
from tilth.engine.job import Job
from tilth.engine.native.run import NativeRun
from tilth.engine.runner import set_runner

_WORKERS = 2  # the second fills the first one's slow tail


class NativeBackend:
    def __init__(self, config: EngineConfig) -> None:
        self.workers = config.workers or _WORKERS

    def start(self) -> None:
        import daft

        set_runner("native", daft.set_runner_native)

    def run(self, job: Job) -> NativeRun:
        return NativeRun(job, self.workers)

    def plain_errors(self) -> AbstractContextManager[object]:
        return nullcontext()  # they come as they are
