"""How many requests may be on the wire, and how fast: the seam between the runner and what paces it."""

from typing import Literal, Protocol

import msgspec

OutcomeKind = Literal["ok", "throttled", "failed", "cancelled"]
"""How a call ended: a reply came; the server asked to slow down (429, 503); any other failure on the wire (5xx, reset,
time-out, refused connection); nobody waits for it any more (says nothing about the server)."""


class RateLimits(msgspec.Struct, frozen=True):
    """What rate-limit headers said; None: not said. `reset_*_s` are seconds until the allowance is full again."""

    limit_requests: int | None = None
    remaining_requests: int | None = None
    reset_requests_s: float | None = None
    limit_tokens: int | None = None
    remaining_tokens: int | None = None
    reset_tokens_s: float | None = None


class Outcome(msgspec.Struct, frozen=True):
    """How a call ended, and what it taught. `tokens` are those that it really took, None where unknown."""

    kind: OutcomeKind
    latency_s: float | None = None
    tokens: int | None = None
    retry_after_s: float | None = None
    limits: RateLimits | None = None


class Permit(msgspec.Struct):
    """A call that was let through: when (seconds of a monotonic clock), with how many others, in which window."""

    started: float = 0.0
    in_flight: int = 0
    epoch: int = 0
    tokens: int = 0


class Limiter(Protocol):
    """Lets calls through, and learns from how they end. Used from one event loop at a time."""

    async def acquire(self, tokens: int = 0) -> Permit:
        """Come back when one more call, expected to take so many tokens, may start.

        Raises:
            EndpointDownError: it has given nothing but failures or refusals for longer than anyone should wait.
        """
        ...

    def release(self, permit: Permit, outcome: Outcome) -> None:
        """Say that a call let through by `acquire` has ended; to be called exactly once for each."""
        ...

    @property
    def healthy(self) -> bool:
        """Whether the endpoint works at present: a failure now is the request's own, not the endpoint's."""
        ...
