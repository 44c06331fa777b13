"""What contexts and items meet: word vectors learnt from unlabeled candidate pairs.

Candidates come from a retriever that is mostly right, so words of a query and words of the items offered for it belong
together even where they are written differently (`sofa`, `couch`). A truncated SVD of the normalised context-word by
item-word cross-covariance gives both sides vectors whose cosine says how well they go together (a linear form of
canonical correlation analysis; Hardoon et al., 2004).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student.sparsity import Csr, linalg, sparse
from tilth.artifacts.student.topics import unit_rows

Rows = NDArray[np.int64]

MIN_CONTEXTS = 200
_SMOOTHING = 1.0


@dataclass(frozen=True)
class Cooccurrence:
    """A vector for each word of the lexicon, on the side of contexts and on that of items; shape (words, dims)."""

    context_axes: NDArray[np.float32]
    item_axes: NDArray[np.float32]

    def place(self, rows: Csr, *, context: bool) -> NDArray[np.float32]:
        """Unit vectors of the texts, shape (n, dims), from their TF-IDF rows (`tfidf`)."""
        return unit_rows(rows @ (self.context_axes if context else self.item_axes))


def fit_cooccurrence(
    contexts: Csr, items: Csr, context_rows: Rows, item_rows: Rows, dims: int, seed: int
) -> Cooccurrence:
    """From unit TF-IDF rows of both sides (`tfidf`) and the candidate pairs. Every context weighs the same."""
    weight = 1.0 / np.bincount(context_rows, minlength=contexts.shape[0])[context_rows]
    pairs = sparse.csr_matrix((weight, (context_rows, item_rows)), shape=(contexts.shape[0], items.shape[0]))
    left_scale = _whitening(contexts, np.asarray(pairs.sum(axis=1)).ravel())
    right_scale = _whitening(items, np.asarray(pairs.sum(axis=0)).ravel())
    left = (contexts @ sparse.diags(left_scale)).tocsr()
    right = (items @ sparse.diags(right_scale)).tocsr()
    cross = _cross_product(left, pairs, right)
    dims = max(1, min(dims, min(cross.shape) - 1))
    start = np.random.default_rng(seed).standard_normal(min(cross.shape))
    u, strength, vt = linalg.svds(cross, k=dims, v0=start)
    root = np.sqrt(np.maximum(strength, 0.0))
    return Cooccurrence(
        (left_scale[:, None] * u * root).astype(np.float32), (right_scale[:, None] * vt.T * root).astype(np.float32)
    )


def _whitening(rows: Csr, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / root of each word's mass; the added constant keeps words seen once from drowning the rest."""
    mass = np.asarray(rows.multiply(rows).T @ weights).ravel()
    return 1 / np.sqrt(mass + _SMOOTHING)


def _cross_product(left: Csr, pairs: Csr, right: Csr) -> Any:
    """left.T @ pairs @ right without building it."""
    middle = (left.T @ pairs).tocsr()
    back, across = middle.T.tocsr(), right.T.tocsr()
    return linalg.LinearOperator(
        (left.shape[1], right.shape[1]),
        matvec=lambda x: middle @ (right @ x),
        rmatvec=lambda x: across @ (back @ x),
        matmat=lambda x: middle @ (right @ x),
        rmatmat=lambda x: across @ (back @ x),
        dtype=np.float64,
    )
