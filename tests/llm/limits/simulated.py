"""A server of each kind in virtual time, and clients that keep a limiter busy."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tilth.llm.limits import AdaptiveLimiter, Outcome, OutcomeKind
from tilth.llm.limits.headers import read_limits
from tilth.testing import HiddenLimits, VirtualClock, run_virtual
from tilth.testing.hidden import Door


@dataclass
class SimulatedServer:
    """Serves calls in virtual time: `latency` gives the seconds of a call by how many are served with it."""

    limits: HiddenLimits = field(default_factory=HiddenLimits)
    latency: Callable[[int], float] = lambda _: 0.05
    network_s: float = 0.002
    trouble: Callable[[float], OutcomeKind | None] = lambda _: None
    tokens: int = 10

    def __post_init__(self) -> None:
        self.door = Door(self.limits)
        self.clock = VirtualClock()

    async def call(self) -> Outcome:
        started = self.clock.monotonic()
        await self.clock.sleep(self.network_s)
        trouble = self.trouble(self.clock.monotonic())
        if trouble is not None:
            await self.clock.sleep(self.network_s)
            return Outcome(trouble)
        if not self.door.admit(self.tokens, self.clock.monotonic()):
            return await self._refuse()
        async with self.door.slot():
            await self.clock.sleep(self.latency(self.door.inside))
        self.door.leave(0, self.clock.monotonic())
        limits = read_limits(self.door.headers(self.clock.monotonic()), now=self.clock.utcnow())
        await self.clock.sleep(self.network_s)
        return Outcome("ok", latency_s=self.clock.monotonic() - started, tokens=self.tokens, limits=limits)

    async def _refuse(self) -> Outcome:
        headers = self.door.headers(self.clock.monotonic(), refused_tokens=self.tokens)
        await self.clock.sleep(self.network_s)
        limits = read_limits(headers, now=self.clock.utcnow())
        after = headers.get("Retry-After")
        return Outcome("throttled", retry_after_s=None if after is None else float(after), limits=limits)


@dataclass
class Course:
    """What happened: (time, kind) of every call that ended, and the limiter at the end."""

    ended: list[tuple[float, OutcomeKind]]
    limiter: AdaptiveLimiter
    seconds: float

    def count(self, kind: OutcomeKind, since: float = 0.0, until: float = float("inf")) -> int:
        return sum(one == kind and since <= at < until for at, one in self.ended)

    def rate(self, since: float, until: float | None = None) -> float:
        """Answers per second."""
        until = self.seconds if until is None else until
        return self.count("ok", since, until) / (until - since)

    def refused_share(self, since: float) -> float:
        calls = sum(at >= since for at, _ in self.ended)
        return self.count("throttled", since) / max(calls, 1)


def drive(server: SimulatedServer, limiter: AdaptiveLimiter, *, seconds: float, clients: int = 300) -> Course:
    """Keep the limiter busy for so many virtual seconds. A call that is refused or fails is sent again at once."""
    ended: list[tuple[float, OutcomeKind]] = []

    async def client() -> None:
        while True:
            permit = await limiter.acquire(server.tokens)
            outcome = await server.call()
            ended.append((server.clock.monotonic(), outcome.kind))
            limiter.release(permit, outcome)

    async def main() -> None:
        tasks = [asyncio.create_task(client()) for _ in range(clients)]
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        failed = [task.exception() for task in tasks if task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if failed:
            raise failed[0]

    run_virtual(main())
    return Course(ended, limiter, seconds)


def noisy(mean_s: float, seed: int = 0) -> Callable[[int], float]:
    """Latencies as models have them: log-normal, half as long again one standard deviation above the median."""
    rng = random.Random(seed)
    return lambda _: mean_s * rng.lognormvariate(-0.08, 0.4)


def adaptive(most: int = 256, **options) -> AdaptiveLimiter:
    return AdaptiveLimiter(most, clock=VirtualClock(), **options)


__all__ = ["Course", "SimulatedServer", "adaptive", "drive", "noisy"]
