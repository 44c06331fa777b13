"""A student: features and a model that score (context, item) pairs."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student.featurizer import Featurizer
from tilth.artifacts.student.models import BlendModel, LinearModel, TreeModel
from tilth.artifacts.student.phrases import phrases, reason
from tilth.artifacts.student.prepared import Prepared, PreparedSide
from tilth.records import Attributes, Entities

Rows = NDArray[np.int64]
Scores = NDArray[np.float64]

SHARE_OF_STRONGEST = 0.1
"""A feature that pushed less than this share of the strongest one's push is no reason."""


def strongest(pushed: Scores, k: int) -> NDArray[np.int64]:
    """The k largest of each row of contributions, as `Student.top_reasons` gives them."""
    k = min(k, pushed.shape[1])
    chosen = np.argpartition(-pushed, k - 1, axis=1)[:, :k]
    strength = np.take_along_axis(pushed, chosen, axis=1)
    order = np.argsort(-strength, axis=1, kind="stable")
    top = np.take_along_axis(chosen, order, axis=1)
    strength = np.take_along_axis(strength, order, axis=1)
    counts = (strength > 0) & (strength >= SHARE_OF_STRONGEST * strength[:, :1])
    return np.where(counts, top, -1).astype(np.int64)


@dataclass(frozen=True)
class Student:
    """`extra` is kept in the manifest untouched: calibration, threshold and provenance go there."""

    featurizer: Featurizer
    model: TreeModel | LinearModel | BlendModel
    extra: dict[str, Any] = field(default_factory=dict)

    def prepare(
        self,
        contexts: Entities,
        items: Entities,
        context_attributes: Attributes | None = None,
        item_attributes: Attributes | None = None,
    ) -> Prepared:
        return self.featurizer.prepare(contexts, items, context_attributes, item_attributes)

    def prepare_side(self, entities: Entities, attributes: Attributes | None = None) -> PreparedSide:
        return self.featurizer.prepare_side(entities, attributes)

    def features(
        self, prepared: Prepared, context_rows: Rows, item_rows: Rows, threads: int = 1
    ) -> NDArray[np.float32]:
        """Features of the pairs, shape (n, len(featurizer.names))."""
        return self.featurizer.transform(prepared, context_rows, item_rows, threads)

    def raw_scores(self, prepared: Prepared, context_rows: Rows, item_rows: Rows, threads: int = 1) -> Scores:
        """Logit of being bad for each pair, shape (n,). A pair's score does not depend on the others."""
        return self.model.raw_scores(self.features(prepared, context_rows, item_rows, threads), threads)

    def contributions(self, X: NDArray[np.float32], threads: int = 1) -> Scores:
        """Logit that each feature added, shape (n, features); with `model.bias` they sum to the raw score."""
        return self.model.contributions(X, threads)

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """For each feature a short reason, for output where pairs are too many to look at one by one."""
        return phrases(self.featurizer)

    def top_reasons(self, X: NDArray[np.float32], k: int = 3, threads: int = 1) -> NDArray[np.int64]:
        """The k features that pushed each pair most towards bad, shape (n, k), strongest first; -1 where fewer did, or
        where the rest weighs next to nothing beside the strongest."""
        return strongest(self.model.evaluate(X, threads).contributions(np.arange(len(X))), k)

    def reason(self, feature: int, x: NDArray[np.float32], prepared: Prepared, context_row: int, item_row: int) -> str:
        """The reason in the pair's own words and values; `x` is the pair's row of features."""
        return reason(self.featurizer, feature, float(x[feature]), prepared, context_row, item_row)

    def save(self, folder: str | Path) -> None:
        from tilth.artifacts.student.storage import save_student

        save_student(self, Path(folder))

    @staticmethod
    def load(folder: str | Path) -> "Student":
        """Raises: ArtifactError: a file is missing, damaged, or of another version."""
        from tilth.artifacts.student.storage import load_student

        return load_student(Path(folder))
