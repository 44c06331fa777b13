"""A student that says what it is told, so that what is built on its scores can be worked by hand."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tiny_world import jobs, people

from tilth.artifacts import Filter, FilterFile
from tilth.artifacts.filter import FORMAT
from tilth.distill.dataset import LabelledPairs


class ScriptedStudent:
    """Scores by (context row, item row); 0 for the pairs it was not told about."""

    def __init__(self, scores: dict[tuple[int, int], float]) -> None:
        self.scores = scores

    def raw_scores(self, prepared: Any, contexts: NDArray[Any], items: NDArray[Any], threads: int = 1) -> NDArray[Any]:
        keys = zip(contexts.tolist(), items.tolist(), strict=True)
        return np.array([self.scores.get(key, 0.0) for key in keys])


PREPARED: Any = SimpleNamespace(
    contexts=SimpleNamespace(entities=people()),
    items=SimpleNamespace(entities=jobs()),
)


def scripted_filter(scores: dict[tuple[int, int], float], threshold: float | None = None) -> Filter:
    """Its p is the plain sigmoid of the score."""
    student: Any = ScriptedStudent(scores)
    return Filter(student, FilterFile(FORMAT, "bad", 1.0, 0.0, threshold, None, "2026-01-01T00:00:00+00:00"))


def labelled(rows: list[tuple[int, int, float]]) -> LabelledPairs:
    """(context row, item row, p) of each pair; bad from 0.5 on."""
    contexts, items, p = (np.array(column) for column in zip(*rows, strict=True))
    return LabelledPairs(contexts, items, p.astype(float), p >= 0.5)
