"""How a plan runs: a job over the partitions of a table, on this machine or on a Ray cluster."""

from tilth.engine.config import EngineConfig, check_engine
from tilth.engine.engine import Engine, Results
from tilth.engine.job import Job, Signals, Stopped, Worker
from tilth.engine.open import open_engine
from tilth.engine.progress import OnProgress, Progress

__all__ = [
    "Engine",
    "EngineConfig",
    "Job",
    "OnProgress",
    "Progress",
    "Results",
    "Signals",
    "Stopped",
    "Worker",
    "check_engine",
    "open_engine",
]
