"""How a long step says where it is; the command line draws it, a script may ignore it."""

import time
from typing import Protocol

from tilth.llm import Answer, Tally


class Progress(Protocol):
    """Called by the steps; all calls come from one thread at a time."""

    def start(self, what: str, total: int | None) -> None:
        """A part of the work begins; `total` units are expected, or an unknown number."""
        ...

    def advance(self, by: int = 1, *, cost_usd: float | None = None) -> None:
        """`by` more units are done; `cost_usd` is what the run has cost so far, None where unknown."""
        ...

    def finish(self) -> None:
        """The part that was begun last has ended."""
        ...


class Silent:
    """Says nothing."""

    def start(self, what: str, total: int | None) -> None: ...

    def advance(self, by: int = 1, *, cost_usd: float | None = None) -> None: ...

    def finish(self) -> None: ...


class Ticker:
    """Tells a `Progress` of answers as they come, a few times a second: drawing thousands would slow them down."""

    EVERY_S = 0.1

    def __init__(self, progress: Progress) -> None:
        self._progress, self._told, self._due = progress, 0, 0.0

    def __call__(self, _: Answer, tally: Tally) -> None:
        now = time.monotonic()
        if now >= self._due:
            done = tally.asked + tally.left
            self._progress.advance(done - self._told, cost_usd=known_cost(tally))
            self._told, self._due = done, now + self.EVERY_S


def known_cost(tally: Tally) -> float | None:
    """What the run cost in dollars; None where the price of some call is unknown."""
    return None if tally.unpriced else tally.cost_usd
