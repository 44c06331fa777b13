"""The student: features of a pair, the model over them, reasons, and how all of it is stored."""

from tilth.artifacts.student.config import GROUPS, Comparison, ComparisonKind, FeatureConfig, Group
from tilth.artifacts.student.cooccurrence import MIN_CONTEXTS, fit_cooccurrence
from tilth.artifacts.student.derive import derive_comparisons
from tilth.artifacts.student.encoder import encoder_installed
from tilth.artifacts.student.featurizer import Featurizer
from tilth.artifacts.student.models import BlendModel, Evaluation, LinearModel, Model, TreeModel
from tilth.artifacts.student.prepared import Prepared, PreparedSide
from tilth.artifacts.student.student import Student, strongest
from tilth.artifacts.student.topics import row_cosines

__all__ = [
    "GROUPS",
    "MIN_CONTEXTS",
    "BlendModel",
    "Comparison",
    "ComparisonKind",
    "Evaluation",
    "FeatureConfig",
    "Featurizer",
    "Group",
    "LinearModel",
    "Model",
    "Prepared",
    "PreparedSide",
    "Student",
    "TreeModel",
    "derive_comparisons",
    "encoder_installed",
    "fit_cooccurrence",
    "row_cosines",
    "strongest",
]
