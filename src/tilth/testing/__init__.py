"""Fakes of the outside worlds, for the tests of Tilth and of what is built on it.

`FakeLLMServer` is a real server on this machine with scripted answers and `Faults`; `FakeClock` passes time at once.
"""

from tilth.testing.batch_script import BatchScript
from tilth.testing.batch_work import run_batch
from tilth.testing.clock import FakeClock
from tilth.testing.fake_server import FakeLLMServer
from tilth.testing.faults import Fault, FaultKind, Faults
from tilth.testing.hidden import HiddenLimits
from tilth.testing.virtual import VirtualClock, run_virtual

__all__ = [
    "BatchScript",
    "FakeClock",
    "FakeLLMServer",
    "Fault",
    "FaultKind",
    "Faults",
    "HiddenLimits",
    "VirtualClock",
    "run_batch",
    "run_virtual",
]
