"""Daft's Ray runner, on a cluster that is there or one started here."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from tilth.engine.config import EngineConfig
from tilth.engine.job import Job
from tilth.engine.quiet import SETTINGS
from tilth.engine.ray.door import load_ray
from tilth.engine.ray.run import RayRun
from tilth.engine.runner import set_runner
from tilth.errors import ConfigError, EngineError

_STORE_BYTES = 512 << 20  # of a cluster started here; a window is half of it, and Ray spills to disk beyond


class RayBackend:
    def __init__(self, config: EngineConfig) -> None:
        self._config = config
        self.workers = config.workers or 0

    def start(self) -> None:
        import daft

        ray = load_ray()
        if not ray.is_initialized():
            self._connect(ray)
        set_runner("ray", daft.set_runner_ray)
        self.workers = self._count(ray)

    def run(self, job: Job) -> RayRun:
        return RayRun(job, self.workers)

    @contextmanager
    def plain_errors(self) -> Generator[None]:
        """Ray wraps an error once for each process it passes through."""
        ray = load_ray()
        try:
            yield
        except ray.exceptions.RayError as exc:
            original: Any = exc
            while isinstance(original, ray.exceptions.RayTaskError) and original.cause is not None:
                original = original.cause
            if not isinstance(original, ray.exceptions.RayError):
                raise original from None
            raise EngineError(
                f"the cluster failed: {_first_line(original)}\n  hint: see the logs of its nodes; run the same command "
                "again to go on, answers that arrived are kept"
            ) from exc

    def _connect(self, ray: Any) -> None:
        address = self._config.address or os.environ.get("RAY_ADDRESS")
        options = {"runtime_env": {"env_vars": SETTINGS}} if address else _local(self._config.workers)
        try:
            ray.init(address=address, configure_logging=False, log_to_driver=False, **options)
        except (ConnectionError, RuntimeError, ValueError) as exc:
            place = f"the cluster at '{address}'" if address else "a cluster on this machine"
            raise ConfigError(
                f"[engine] {place} cannot be used: {_first_line(exc)}\n  hint: check address, and that the nodes run "
                "the same Ray and Python"
            ) from exc

    def _count(self, ray: Any) -> int:
        there = int(ray.cluster_resources().get("CPU", 0))
        wanted = self._config.workers or there
        if not 1 <= wanted <= there:
            raise ConfigError(f"[engine] workers is {wanted}, but the cluster has {there} CPUs, one for a worker")
        return wanted


def _local(workers: int | None) -> dict[str, Any]:
    """A small cluster, whose workers import what this process can."""
    variables = {**SETTINGS, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
    return {
        "num_cpus": workers,
        "include_dashboard": False,
        "object_store_memory": _STORE_BYTES,
        "runtime_env": {"env_vars": variables},
    }


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
