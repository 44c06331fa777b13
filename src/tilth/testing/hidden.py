"""What a fake server takes at most without saying so, and the door that keeps to it."""

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tilth.testing.quota import Quota, WindowKind


@dataclass(frozen=True)
class HiddenLimits:
    """The limits of a fake server; None: no such limit.

    Args:
        max_concurrent: calls at once; a further one is refused with a 429.
        slots: calls served at once; further ones wait and are never refused.
        requests_per_minute, tokens_per_minute: beyond these calls are refused. Tokens are words of prompt and answer.
        window, window_s, burst: how these two are counted, see `Quota`; with a window of 6 s and 600 requests per
            minute, 60 pass in each window.
        rate_headers: replies carry `x-ratelimit-*` headers, as OpenAI writes them.
        retry_after: refusals for a rate carry `Retry-After` in whole seconds.
    """

    max_concurrent: int | None = None
    slots: int | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    window: WindowKind = "fixed"
    window_s: float = 60.0
    burst: float | None = None
    rate_headers: bool = False
    retry_after: bool = False

    def quota(self, per_minute: float | None) -> Quota | None:
        """The account of one of the two rates."""
        if per_minute is None:
            return None
        return Quota(per_minute * self.window_s / 60, self.window_s, self.window, self.burst)


class Door:
    """Keeps to hidden limits. Times are seconds of any clock that does not go back; used in one event loop."""

    def __init__(self, limits: HiddenLimits) -> None:
        self._limits = limits
        self._requests = limits.quota(limits.requests_per_minute)
        self._tokens = limits.quota(limits.tokens_per_minute)
        self._slots = asyncio.Semaphore(limits.slots) if limits.slots is not None else None
        self._inside = 0
        self.accepted = self.refused = 0

    @property
    def inside(self) -> int:
        """Calls that were let in and have not left."""
        return self._inside

    def admit(self, tokens: int, now: float) -> bool:
        """Let a call with so many tokens in, or refuse it."""
        full = self._limits.max_concurrent is not None and self._inside >= self._limits.max_concurrent
        units = ((self._requests, 1), (self._tokens, tokens))
        if full or not all(quota.has(count, now) for quota, count in units if quota is not None):
            self.refused += 1
            return False
        for quota, count in units:
            if quota is not None:
                quota.take(count, now)
        self.accepted += 1
        self._inside += 1
        return True

    def leave(self, tokens: int, now: float) -> None:
        """A call is over, and so many further tokens were used."""
        self._inside -= 1
        if self._tokens is not None:
            self._tokens.take(tokens, now)

    @asynccontextmanager
    async def slot(self) -> AsyncGenerator[None]:
        """Wait until the call is served."""
        if self._slots is None:
            yield
        else:
            async with self._slots:
                yield

    def headers(self, now: float, *, refused_tokens: int | None = None) -> dict[str, str]:
        """Those of a reply now; of a refusal, where the tokens of the refused call are given."""
        found: dict[str, str] = {}
        for name, quota in (("requests", self._requests), ("tokens", self._tokens)):
            if quota is not None and self._limits.rate_headers:
                found[f"x-ratelimit-limit-{name}"] = f"{quota.limit:.0f}"
                found[f"x-ratelimit-remaining-{name}"] = str(quota.remaining(now))
                found[f"x-ratelimit-reset-{name}"] = f"{1000 * quota.reset_s(now):.0f}ms"
        if self._limits.retry_after and refused_tokens is not None:
            units = ((self._requests, 1), (self._tokens, refused_tokens))
            wait = max((quota.wait_s(count, now) for quota, count in units if quota is not None), default=0.0)
            found["Retry-After"] = str(max(1, math.ceil(wait)))
        return found
