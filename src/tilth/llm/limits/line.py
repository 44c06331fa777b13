"""Waiting in line: first come, first served, in whichever event loop runs."""

import asyncio
import math
from collections import deque
from collections.abc import Callable

from tilth.errors import EndpointDownError
from tilth.llm.clock import Clock
from tilth.llm.limits.limiter import Permit

_SHORTEST_S = 0.004  # a timer costs more than a call: what is due within these seconds starts with one


class Line:
    """Calls that wait for their turn.

    Args:
        start: given the tokens of the call at the head, starts it and returns its permit, or the seconds after which to
            ask again (`inf`: not before the next `move`).
        undo: takes a permit back that nobody waits for any more.
        enter: called when the line is used in another event loop than before, whose calls are lost.
    """

    def __init__(
        self,
        start: Callable[[int], Permit | float],
        *,
        undo: Callable[[Permit], None],
        enter: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._start, self._undo, self._enter, self._clock = start, undo, enter, clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: deque[tuple[asyncio.Future[Permit], int]] = deque()
        self._timer: asyncio.Task[None] | None = None
        self._rings_at = math.inf

    def __len__(self) -> int:
        return len(self._waiting)

    async def wait(self, tokens: int) -> Permit:
        """Come back with a permit when it is this call's turn.

        Raises:
            EndpointDownError: `fail` was called meanwhile.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._change_to(loop)
        if not self._waiting:
            found = self._start(tokens)
            if isinstance(found, Permit):
                return found
            self._ring_in(found)
        waiter: asyncio.Future[Permit] = loop.create_future()
        self._waiting.append((waiter, tokens))
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._undo(waiter.result())
            self.move()  # those behind may go now
            raise

    def move(self) -> None:
        """Start all that may start now."""
        waiting = self._waiting
        while waiting:
            waiter, tokens = waiting[0]
            if waiter.done():  # cancelled
                waiting.popleft()
                continue
            found = self._start(tokens)
            if not isinstance(found, Permit):
                self._ring_in(found)
                return
            waiting.popleft()
            waiter.set_result(found)

    def fail(self, error: EndpointDownError) -> None:
        """End the waiting of all."""
        while self._waiting:
            waiter, _ = self._waiting.popleft()
            if not waiter.done():
                waiter.set_exception(EndpointDownError(str(error)))

    def _change_to(self, loop: asyncio.AbstractEventLoop) -> None:
        # Futures and timers live in one event loop; a second run has its own.
        self._loop, self._timer, self._rings_at = loop, None, math.inf
        self._waiting.clear()
        self._enter()

    def _ring_in(self, seconds: float) -> None:
        if seconds == math.inf:
            return
        at = self._clock.monotonic() + max(seconds, _SHORTEST_S)
        if self._timer is not None:
            if self._rings_at <= at:
                return
            self._timer.cancel()
        self._rings_at = at
        self._timer = asyncio.ensure_future(self._ring(max(seconds, _SHORTEST_S)))

    async def _ring(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._timer, self._rings_at = None, math.inf
        self.move()
