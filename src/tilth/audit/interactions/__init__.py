"""The interaction half of the audit: who did what, on which items, and what the popular ones drown."""

from tilth.audit.interactions.bucket import NO_TIME, Reducer, UserBucket
from tilth.audit.interactions.result import Interactions
from tilth.audit.interactions.run import run_interactions

__all__ = ["NO_TIME", "Interactions", "Reducer", "UserBucket", "run_interactions"]
