"""From a teacher's labels to a student that answers in microseconds, with a threshold that is certified."""

from tilth.distill.card import model_card
from tilth.distill.config import ComparisonConfig, DistillConfig
from tilth.distill.next_pairs import NextPair
from tilth.distill.result import Candidate, CurvePoint, Effect, Evaluation, Summary
from tilth.distill.run import STAGES, Distilled
from tilth.distill.run import run as distill
from tilth.distill.train import Material

__all__ = [
    "STAGES",
    "Candidate",
    "ComparisonConfig",
    "CurvePoint",
    "DistillConfig",
    "Distilled",
    "Effect",
    "Evaluation",
    "Material",
    "NextPair",
    "Summary",
    "distill",
    "model_card",
]
