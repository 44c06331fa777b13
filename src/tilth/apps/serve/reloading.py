"""How a reload gets from a signal to every worker, and how it is seen to have arrived.

The main process writes a new stamp when it gets SIGHUP; workers look at it four times a second, load beside what they
have, swap, and write down what they answer from now. No worker is restarted, so no request is lost.
"""

import os
import signal
import time
from pathlib import Path

import msgspec

from tilth.apps.serve.places import Places
from tilth.apps.serve.processes import is_alive
from tilth.client.messages import Versions
from tilth.errors import ServiceError

PATIENCE_S = 60.0


class WorkerState(msgspec.Struct, frozen=True):
    """What a worker answers from since it has seen `stamp`; `error` says why it kept what it had."""

    stamp: str
    versions: Versions
    error: str | None
    at: float


def read_stamp(places: Places) -> str:
    try:
        return places.stamp.read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def write_stamp(places: Places) -> None:
    _replace(places.stamp, str(time.time_ns()).encode())


def write_state(places: Places, state: WorkerState) -> None:
    places.workers.mkdir(parents=True, exist_ok=True)
    _replace(places.workers / f"{os.getpid()}.json", msgspec.json.encode(state))


def forget_dead_states(places: Places) -> None:
    """Away with what killed workers said of themselves."""
    for path in places.workers.glob("*.json"):
        if path.stem.isdigit() and not is_alive(int(path.stem)):
            path.unlink(missing_ok=True)


def worker_states(places: Places) -> dict[int, WorkerState]:
    """The state of each worker that is alive, by process id."""
    found: dict[int, WorkerState] = {}
    for path in places.workers.glob("*.json"):
        if path.stem.isdigit() and is_alive(int(path.stem)):
            found[int(path.stem)] = msgspec.json.decode(path.read_bytes(), type=WorkerState)
    return found


def running(places: Places) -> int:
    """The process id of the server of this project.

    Raises:
        ServiceError: none is running.
    """
    try:
        pid = int(places.pid.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        pid = 0
    if pid <= 0 or not is_alive(pid):
        raise ServiceError(f"{places.pid}: no server of this project is running\n  hint: start one with `tilth serve`")
    return pid


def request_reload(places: Places) -> dict[int, WorkerState]:
    """Ask the running server to reload and wait until every worker has; returns what each answers from.

    Raises:
        ServiceError: no server is running, or it does not react.
    """
    pid, before = running(places), read_stamp(places)
    os.kill(pid, signal.SIGHUP)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        time.sleep(0.05)
        stamp, states = read_stamp(places), worker_states(places)
        if stamp != before and states and all(state.stamp == stamp for state in states.values()):
            return states
    raise ServiceError(f"the server (process {pid}) did not reload within {PATIENCE_S:g} s\n  hint: look at its output")


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
