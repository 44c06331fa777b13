"""Which category a query means: multinomial naive Bayes on its words and pairs of words."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.index import analyze

MAX_CHARS = 300
MAX_TERMS = 16


def features(text: str) -> list[str]:
    """The distinct terms of a text, then its pairs of terms in a row."""
    terms = analyze(text[:MAX_CHARS])[:MAX_TERMS]
    pairs = [f"{left} {right}" for left, right in pairwise(terms)]
    return list(dict.fromkeys([*terms, *pairs]))


@dataclass(frozen=True)
class CategoryModel:
    """`vocabulary`: feature -> row. Row r has the categories `columns[starts[r]:starts[r + 1]]` with the logarithms of
    how much likelier the feature is there than where it was never seen (`evidence`); `unseen` (categories,) is the
    logarithm for the latter, `prior` (categories,) that of a category's share. Words that stand together are no
    independent witnesses: of n features the sum is divided by `temperature` and by the root of n."""

    names: tuple[str, ...]
    vocabulary: dict[str, int]
    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    evidence: NDArray[np.float32]
    unseen: NDArray[np.float32]
    prior: NDArray[np.float32]
    temperature: float = 1.0

    def log_odds(self, text: str) -> NDArray[np.float64] | None:
        """Sums of logarithms before the temperature, shape (categories,); None where no word is known."""
        rows = [row for one in features(text) if (row := self.vocabulary.get(one)) is not None]
        if not rows or not self.names:
            return None
        total = self.prior.astype(np.float64) + len(rows) * self.unseen.astype(np.float64)
        for row in rows:
            here = slice(int(self.starts[row]), int(self.starts[row + 1]))
            total[self.columns[here]] += self.evidence[here]
        return total / math.sqrt(len(rows))

    def probabilities(self, text: str) -> NDArray[np.float64] | None:
        """Shape (categories,); None where no word is known."""
        total = self.log_odds(text)
        return None if total is None else softmax(total / self.temperature)


def softmax(values: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = np.exp(values - values.max())
    return shifted / shifted.sum()
