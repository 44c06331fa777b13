"""The models a student may hold: each gives a logit for a row of features and says which feature moved it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student.bitvectors import BitVectors, bit_vectors
from tilth.artifacts.student.paths import LeafPaths, PairedPaths, leaf_paths, paired_paths

if TYPE_CHECKING:
    import lightgbm as lgb

Matrix = NDArray[np.float32]
Scores = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Evaluation:
    """Logits of being bad, shape (n,), and `contributions(rows)`, which gives those of chosen rows by feature, shape
    (len(rows), features), without going through the model again."""

    raw: Scores
    contributions: Callable[[Rows], Scores]


class Model(Protocol):
    """`contributions(X).sum(axis=1) + bias` equals `raw_scores(X)` (to 1e-9 relative)."""

    @property
    def bias(self) -> float: ...
    def raw_scores(self, X: Matrix, threads: int = 1) -> Scores:
        """Logits of being bad, shape (n,)."""
        ...

    def contributions(self, X: Matrix, threads: int = 1) -> Scores:
        """Logit that each feature added, shape (n, features)."""
        ...

    def evaluate(self, X: Matrix, threads: int = 1) -> Evaluation:
        """Both, in one pass: what a server needs of each request. Scores equal `raw_scores(X)` exactly, contributions
        those of `contributions(X)` to a millionth of the largest."""
        ...


@dataclass(frozen=True)
class _Trees:
    """What is read out of LightGBM's dump; `fast` is None for trees that `bit_vectors` does not take."""

    paths: LeafPaths
    fast: tuple[BitVectors, PairedPaths] | None


@dataclass(frozen=True)
class TreeModel:
    """Boosted trees in LightGBM's text format."""

    text: str

    @cached_property
    def booster(self) -> "lgb.Booster":
        import lightgbm as lgb

        return lgb.Booster(model_str=self.text)

    @cached_property
    def _read(self) -> "_Trees":
        model = self.booster.dump_model()  # large, so read once and let go
        paths, found = leaf_paths(model), bit_vectors(model)
        return _Trees(paths, None if found is None else (found, paired_paths(paths, found.leaf_numbers)))

    @property
    def bias(self) -> float:
        return self._read.paths.bias

    def raw_scores(self, X: Matrix, threads: int = 1) -> Scores:
        return np.asarray(self.booster.predict(X, raw_score=True, num_threads=threads), dtype=np.float64)

    def contributions(self, X: Matrix, threads: int = 1) -> Scores:
        return self._read.paths.contributions(self._leaves(X, threads))

    def evaluate(self, X: Matrix, threads: int = 1) -> Evaluation:
        exact, fast = self._read.paths, self._read.fast
        if fast is None:
            leaves = self._leaves(X, threads)
            return Evaluation(exact.scores(leaves), lambda rows: exact.contributions(leaves[rows]))
        trees, paths = fast
        places = trees.places(X)
        return Evaluation(paths.scores(places), lambda rows: paths.contributions(places[rows]))

    def _leaves(self, X: Matrix, threads: int) -> NDArray[np.int64]:
        leaves: Any = self.booster.predict(X, pred_leaf=True, num_threads=threads)
        return np.asarray(leaves, dtype=np.int64).reshape(len(X), -1)


@dataclass(frozen=True)
class LinearModel:
    """Logistic regression: a weight per standardised number, one for its absence, one per value of a category.

    Arrays have shape (features,); `levels[f]` holds the logits of feature f's categories and is empty for numbers.
    """

    intercept: float
    mean: NDArray[np.float64]
    weight: NDArray[np.float64]
    missing: NDArray[np.float64]
    levels: tuple[NDArray[np.float64], ...]

    @property
    def bias(self) -> float:
        return self.intercept

    def contributions(self, X: Matrix, threads: int = 1) -> Scores:
        del threads  # numpy decides
        values = X.astype(np.float64)
        out = np.where(np.isnan(values), self.missing, (values - self.mean) * self.weight)
        for column, logits in enumerate(self.levels):
            if len(logits):
                stated = ~np.isnan(values[:, column])
                codes = values[stated, column].astype(np.int64)
                known = (codes >= 0) & (codes < len(logits))
                out[stated, column] = np.where(known, logits[np.clip(codes, 0, len(logits) - 1)], 0.0)
        return out

    def raw_scores(self, X: Matrix, threads: int = 1) -> Scores:
        return self.contributions(X, threads).sum(axis=1) + self.intercept

    def evaluate(self, X: Matrix, threads: int = 1) -> Evaluation:
        added = self.contributions(X, threads)
        return Evaluation(added.sum(axis=1) + self.intercept, lambda rows: added[rows])


@dataclass(frozen=True)
class BlendModel:
    """The mean of several models' logits."""

    parts: tuple[TreeModel | LinearModel, ...]

    @property
    def bias(self) -> float:
        return float(np.mean([part.bias for part in self.parts]))

    def raw_scores(self, X: Matrix, threads: int = 1) -> Scores:
        return np.mean([part.raw_scores(X, threads) for part in self.parts], axis=0)

    def contributions(self, X: Matrix, threads: int = 1) -> Scores:
        return np.mean([part.contributions(X, threads) for part in self.parts], axis=0)

    def evaluate(self, X: Matrix, threads: int = 1) -> Evaluation:
        parts = [part.evaluate(X, threads) for part in self.parts]
        raw = np.mean([part.raw for part in parts], axis=0)
        return Evaluation(raw, lambda rows: np.mean([part.contributions(rows) for part in parts], axis=0))
