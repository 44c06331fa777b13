"""The interaction half of the audit: who did what, on which items, and what the popular ones drown."""

from tilth.audit.interactions.bucket import NO_TIME, Reducer, UserBucket
from tilth.audit.interactions.result import Interactions

__all__ = ["NO_TIME", "Interactions", "Reducer", "UserBucket"]
