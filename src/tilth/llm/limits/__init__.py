"""What paces the calls to an endpoint."""

from tilth.llm.limits.fixed import FixedLimiter
from tilth.llm.limits.limiter import Limiter, Outcome, OutcomeKind, Permit, RateLimits

__all__ = ["FixedLimiter", "Limiter", "Outcome", "OutcomeKind", "Permit", "RateLimits"]

AdaptiveLimiter = lambda n, **k: FixedLimiter(n)
