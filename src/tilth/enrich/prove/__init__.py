"""Replaying rules on judged queries: what helps stays, what hurts goes, and what cannot be told is said."""

from tilth.enrich.prove.believed import Belief
from tilth.enrich.prove.config import ProveConfig
from tilth.enrich.prove.evidence import Family, RuleEvidence
from tilth.enrich.prove.judged import Judged
from tilth.enrich.prove.prove import Proof, prove
from tilth.enrich.prove.replay import MEASURES, Replay

__all__ = ["MEASURES", "Belief", "Family", "Judged", "Proof", "ProveConfig", "Replay", "RuleEvidence", "prove"]
