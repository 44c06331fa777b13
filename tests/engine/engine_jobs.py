"""Jobs for the engine's tests. In a module of their own, since the workers of a cluster import it."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from tilth.engine import Signals, Stopped
from tilth.errors import DataError, MissingExtraError


def numbers(count: int) -> pa.Table:
    return pa.table({"x": pa.array(range(count), pa.int64())})


def wait_for(folder: Path, pattern: str, count: int = 1, seconds: float = 20.0) -> None:
    """Until that many files of the pattern are there."""
    end = time.monotonic() + seconds
    while len(list(folder.glob(pattern))) < count:
        if time.monotonic() > end:
            raise TimeoutError(f"{count} of {pattern} never came")
        time.sleep(0.01)


class _Plain:
    """A job that is its own worker."""

    def open(self) -> "_Plain":
        return self

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Double(_Plain):
    """Doubles x. `first_s`: how long the partition with x = 0 takes."""

    first_s: float = 0.0

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        time.sleep(self.first_s if partition["x"][0].as_py() == 0 else 0)
        return pa.table({"x": pc.multiply(partition["x"], 2)})


@dataclass(frozen=True)
class Measure(_Plain):
    """One row for each partition: its rows, and the process it was in."""

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        time.sleep(0.05)  # long enough for a second worker to take its share
        return pa.table({"rows": [partition.num_rows], "pid": [os.getpid()]})


@dataclass(frozen=True)
class Odd(_Plain):
    """Keeps odd x only: maybe no rows."""

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        return partition.filter(pc.equal(pc.bit_wise_and(partition["x"], 1), 1))


@dataclass(frozen=True)
class Overtaken(_Plain):
    """The partition with x = 0 ends only after the one with x = `last` has."""

    folder: str
    last: int

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        xs, folder = partition["x"].to_pylist(), Path(self.folder)
        if self.last in xs:
            (folder / "over").touch()
        if 0 in xs:
            wait_for(folder, "over")
        return partition


@dataclass(frozen=True)
class Failing(_Plain):
    """Fails where x = `at`, or in `open`."""

    kind: Literal["data", "extra", "value"] = "data"
    at: int | None = None

    def open(self) -> "_Plain":
        return self if self.at is not None else self._fail()

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        return self._fail() if self.at in partition["x"].to_pylist() else partition

    def _fail(self) -> "Failing":
        if self.kind == "data":
            raise DataError("no such product", path="items.csv", row=7, hint="look there")
        if self.kind == "extra":
            raise MissingExtraError("a worker", "encoder")
        raise ValueError("a plain bug")


@dataclass(frozen=True)
class Spending(_Plain):
    """Costs 1 a row, and finds the budget spent at x = `at`."""

    at: int

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table | Stopped:
        time.sleep(0.05)
        xs = partition["x"].to_pylist()
        if self.at not in xs:
            signals.add(calls=len(xs), cost_usd=float(len(xs)))
            return partition
        done = xs.index(self.at)
        signals.add(calls=done, cost_usd=float(done))
        return Stopped(partition.slice(0, done), "the budget is spent")


@dataclass(frozen=True)
class Stepping(_Plain):
    """Counts a call every 20 ms, 50 for a partition."""

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        for _ in range(50):
            time.sleep(0.02)
            signals.add(calls=1)
        return partition


@dataclass(frozen=True)
class Endless(_Plain):
    """Works until told to stop. Leaves a file when it starts and one when it ends."""

    folder: str

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        name = str(partition["x"][0])
        (Path(self.folder) / f"started-{name}").write_text(str(os.getpid()))
        while not signals.stopping:
            time.sleep(0.02)
        (Path(self.folder) / f"ended-{name}").touch()
        return partition.slice(0, 0)


@dataclass(frozen=True)
class Counted:
    """Leaves a file for each `open` and for each `close`, named after the process."""

    folder: str

    def open(self) -> "Counted":
        self._leave("open")
        return self

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        time.sleep(0.05)
        return partition

    def close(self) -> None:
        self._leave("close")

    def _leave(self, what: str) -> None:
        (Path(self.folder) / f"{what}-{os.getpid()}-{time.monotonic_ns()}").touch()


@dataclass(frozen=True)
class Tried(_Plain):
    """Leaves a file with its process for each try of a partition. The first try of x = `slow` waits to be killed."""

    folder: str
    slow: int

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        first = partition["x"][0].as_py()
        tries = len(list(Path(self.folder).glob(f"try-{first}-*")))
        (Path(self.folder) / f"try-{first}-{os.getpid()}").touch()
        signals.add(calls=partition.num_rows)
        if first == self.slow and not tries:
            time.sleep(60)
        return partition


@dataclass(frozen=True)
class Environment(_Plain):
    """The settings that keep Daft and Ray quiet, as the worker's process has them."""

    names: tuple[str, ...]

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        return pa.table({name: [os.environ.get(name)] for name in self.names})
