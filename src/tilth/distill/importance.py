"""Which features move the score."""

from typing import Any

import numpy as np

from tilth.artifacts.student import Prepared, Student
from tilth.distill.dataset import LabelledPairs
from tilth.distill.train import THREADS

SHOWN = 20


def feature_importance(student: Student, prepared: Prepared, pairs: LabelledPairs) -> tuple[dict[str, Any], ...]:
    """The features with the largest mean absolute contribution (in logits) on `pairs`, largest first."""
    X = student.features(prepared, pairs.context_rows, pairs.item_rows, THREADS)
    weights = np.abs(student.contributions(X, THREADS)).mean(axis=0)
    featurizer = student.featurizer
    return tuple(
        {"feature": featurizer.names[place], "group": featurizer.groups[place], "weight": float(weights[place])}
        for place in np.argsort(-weights, kind="stable")[:SHOWN]
        if weights[place] > 0
    )
