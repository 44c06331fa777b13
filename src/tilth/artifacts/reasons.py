"""A decision's reasons as sentences, strongest first, each said once."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student import Prepared, Student

REASONS = 3
LOOKED_AT = 6
"""Features that are looked at for that many sentences: several may say the same."""


def short_reasons(student: Student, top: NDArray[np.int64]) -> list[list[str]]:
    """For each row of `Student.top_reasons` what is said of every pair with those features."""
    phrases = student.phrases
    return [_distinct(phrases[feature] for feature in row if feature >= 0) for row in top.tolist()]


def full_reasons(
    student: Student,
    x: NDArray[np.float32],
    top: NDArray[np.int64],
    prepared: Prepared,
    context_row: int,
    item_row: int,
) -> list[str]:
    """One pair's reasons in its own words and values; `x` and `top` are its rows of features and of the strongest."""
    chosen = [feature for feature in top.tolist() if feature >= 0]
    return _distinct(student.reason(feature, x, prepared, context_row, item_row) for feature in chosen)


def _distinct(sentences: Iterable[str]) -> list[str]:
    said: list[str] = []
    for sentence in sentences:
        if sentence not in said:
            said.append(sentence)
            if len(said) == REASONS:
                break
    return said
