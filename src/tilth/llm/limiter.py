"""How many requests may be on the wire at once."""

import asyncio
from typing import Literal, Protocol

from tilth.errors import ConfigError

Outcome = Literal["ok", "throttled", "failed", "cancelled"]
"""How a call ended: a reply came; the server asked to slow down (429, 503); any other failure; nobody waits for it."""


class Limiter(Protocol):
    """Lets calls through, and learns from how they end."""

    async def acquire(self) -> None:
        """Come back when one more call may start."""
        ...

    def release(self, outcome: Outcome) -> None:
        """Say that a call let through by `acquire` has ended."""
        ...


class FixedLimiter:
    """At most `concurrency` calls at once, whatever happens to them."""

    def __init__(self, concurrency: int) -> None:
        if concurrency < 1:
            raise ConfigError(f"concurrency must be at least 1, not {concurrency}")
        self._concurrency = concurrency
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slots = asyncio.Semaphore(concurrency)

    async def acquire(self) -> None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # a semaphore lives in one event loop; a second run has its own
            self._loop, self._slots = loop, asyncio.Semaphore(self._concurrency)
        await self._slots.acquire()

    def release(self, outcome: Outcome) -> None:  # noqa: ARG002 - the fixed one learns nothing
        self._slots.release()
