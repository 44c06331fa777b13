"""A number of calls that never changes."""

import math

from tilth.errors import ConfigError
from tilth.llm.clock import Clock, SystemClock
from tilth.llm.limits.limiter import Outcome, Permit
from tilth.llm.limits.line import Line


class FixedLimiter:
    """At most `concurrency` calls at once, whatever happens to them.

    Raises:
        ConfigError: `concurrency` is below 1.
    """

    def __init__(self, concurrency: int, *, clock: Clock | None = None) -> None:
        if concurrency < 1:
            raise ConfigError(f"concurrency must be at least 1, not {concurrency}")
        self._concurrency, self._clock = concurrency, clock or SystemClock()
        self._in_flight = self._epoch = 0
        self._line = Line(self._start, undo=self._give_back, enter=self._enter, clock=self._clock)

    async def acquire(self, tokens: int = 0) -> Permit:
        return await self._line.wait(tokens)

    def release(self, permit: Permit, outcome: Outcome) -> None:  # noqa: ARG002 - the fixed one learns nothing
        self._give_back(permit)
        self._line.move()

    @property
    def healthy(self) -> bool:
        return True

    def _start(self, tokens: int) -> Permit | float:
        if self._in_flight >= self._concurrency:
            return math.inf
        self._in_flight += 1
        return Permit(self._clock.monotonic(), self._in_flight, self._epoch, tokens)

    def _give_back(self, permit: Permit) -> None:
        if permit.epoch == self._epoch:
            self._in_flight -= 1

    def _enter(self) -> None:
        self._in_flight, self._epoch = 0, self._epoch + 1
