"""A clock that never makes a test wait."""

import asyncio
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Starts at `start`; `sleep` moves it on at once and is written down in `slept` (seconds, in order)."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._start = self._now = start
        self.slept: list[float] = []

    def utcnow(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._now += timedelta(seconds=seconds)
        await asyncio.sleep(0)
