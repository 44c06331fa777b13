"""How a long step says where it is; the command line draws it, a script may ignore it."""

from typing import Protocol

from tilth.llm import Tally


class Progress(Protocol):
    """Called by the steps; all calls come from one thread at a time."""

    def start(self, what: str, total: int | None) -> None:
        """A part of the work begins; `total` units are expected, or an unknown number."""
        ...

    def advance(self, by: int = 1, *, cost_usd: float | None = None) -> None:
        """`by` more units are done; `cost_usd` is what the run has cost so far, None where unknown."""
        ...

    def note(self, text: str) -> None:
        """Why nothing moves for the time being; empty once it moves again."""
        ...

    def finish(self) -> None:
        """The part that was begun last has ended."""
        ...


class Silent:
    """Says nothing."""

    def start(self, what: str, total: int | None) -> None: ...

    def advance(self, by: int = 1, *, cost_usd: float | None = None) -> None: ...

    def note(self, text: str) -> None: ...

    def finish(self) -> None: ...


def known_cost(tally: Tally) -> float | None:
    """What the run cost in dollars; None where the price of some call is unknown."""
    return None if tally.unpriced else tally.cost_usd
