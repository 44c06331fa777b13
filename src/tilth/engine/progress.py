"""How far a run has come."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tilth.engine.backend import Run

TICK_S = 0.25


@dataclass(frozen=True)
class Progress:
    """`partitions` and `rows` (of the input) that are finished, and the sums of what the workers counted so far.

    `counts` runs ahead of `rows`, since it includes partitions at work. A partition that is done again after its
    worker was lost is counted once, as of its last try: what was paid is in the store's ledger, not here.
    """

    partitions: int = 0
    rows: int = 0
    counts: Mapping[str, float] = field(default_factory=dict[str, float])


OnProgress = Callable[[Progress], None]


class Tracker:
    """Turns what is counted into calls of `on_progress`, about four a second."""

    def __init__(self, run: Run, on_progress: OnProgress | None) -> None:
        self._run, self._on_progress = run, on_progress
        self._partitions = self._rows = 0
        self._told = time.monotonic()

    def finish(self, rows: int) -> None:
        """A partition of so many rows is finished."""
        self._partitions, self._rows = self._partitions + 1, self._rows + rows

    def tick(self) -> None:
        """Tell if it is time."""
        if time.monotonic() - self._told >= TICK_S:
            self.tell()

    def tell(self) -> None:
        if self._on_progress is not None:
            counts = total(self._run.state().counts.values())
            self._on_progress(Progress(self._partitions, self._rows, counts))
        self._told = time.monotonic()


def total(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The sum of counts, name by name."""
    sums: dict[str, float] = {}
    for part in parts:
        for name, amount in part.items():
            sums[name] = sums.get(name, 0) + amount
    return sums
