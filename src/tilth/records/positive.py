"""Which grades count as the positive class."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tilth.errors import ConfigError, DataError


@dataclass(frozen=True)
class Positive:
    """The class that precision and recall are about, as a cut on the grade: exactly one of `at_least` and `below`.

    `Positive("relevant", at_least=2)` takes grades of 2 and more, `Positive("bad", below=1)` takes those under 1.

    Raises:
        ConfigError: when both cuts are given, or none.
    """

    name: str
    at_least: float | None = None
    below: float | None = None

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.below is None):
            raise ConfigError(
                f"positive class '{self.name}' needs exactly one of at_least and below\n"
                "  hint: at_least = 2 takes grades of 2 and more, below = 1 takes those under 1"
            )

    def of(self, grades: ArrayLike) -> NDArray[np.bool_]:
        """Whether each grade is positive, in the shape of `grades`.

        Raises:
            DataError: when a grade is NaN: a missing label is neither positive nor negative.
        """
        values = np.asarray(grades, dtype=np.float64)
        if np.isnan(values).any():
            raise DataError("a grade is NaN", column="grade", hint="leave out failed rows with Judgments.labelled()")
        if self.at_least is not None:
            return np.asarray(values >= self.at_least)
        below = np.nan if self.below is None else self.below  # never None here: __post_init__ saw to that
        return np.asarray(values < below)

    def score(self, grades: ArrayLike) -> NDArray[np.float64]:
        """The grades as a score that rises towards the positive class."""
        values = np.asarray(grades, dtype=np.float64)
        return values if self.at_least is not None else -values

    def describe(self) -> str:
        """The cut in words, such as `relevant (grade >= 2)`."""
        cut = f">= {self.at_least:g}" if self.at_least is not None else f"< {self.below:g}"
        return f"{self.name} (grade {cut})"
