"""What paces the calls to an endpoint."""

from tilth.llm.limits.limiter import Limiter, Outcome, OutcomeKind, Permit, RateLimits

__all__ = ["Limiter", "Outcome", "OutcomeKind", "Permit", "RateLimits"]
