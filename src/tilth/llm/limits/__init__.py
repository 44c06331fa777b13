"""What paces the calls to an endpoint."""

from tilth.llm.limits.composed import AdaptiveLimiter
from tilth.llm.limits.fixed import FixedLimiter
from tilth.llm.limits.headers import read_limits, read_retry_after
from tilth.llm.limits.limiter import Limiter, Outcome, OutcomeKind, Permit, RateLimits
from tilth.llm.limits.snapshot import Snapshot

__all__ = [
    "AdaptiveLimiter",
    "FixedLimiter",
    "Limiter",
    "Outcome",
    "OutcomeKind",
    "Permit",
    "RateLimits",
    "Snapshot",
    "read_limits",
    "read_retry_after",
]
