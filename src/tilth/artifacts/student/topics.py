"""Latent topics (LSA): texts that mean the same in other words.

Deerwester et al., Indexing by Latent Semantic Analysis, 1990: truncated SVD of the TF-IDF matrix of the catalog.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student.corpus import Corpus
from tilth.artifacts.student.lexicon import Lexicon
from tilth.artifacts.student.sparsity import Csr, sparse


@dataclass(frozen=True)
class Topics:
    """`axes[w]` places word w (a row of the lexicon) in topic space, shape (words, dims)."""

    axes: NDArray[np.float32]

    def place(self, corpus: Corpus, lexicon: Lexicon) -> NDArray[np.float32]:
        """Unit vectors, shape (n, dims); zero for a text without a known word."""
        return unit_rows(tfidf(corpus, lexicon) @ self.axes)


def fit_topics(corpus: Corpus, lexicon: Lexicon, dims: int, seed: int) -> Topics:
    from sklearn.utils import extmath  # only fitting needs scikit-learn

    matrix = tfidf(corpus, lexicon)
    dims = max(1, min(dims, matrix.shape[0] - 1, matrix.shape[1] - 1))
    decompose: Any = extmath.randomized_svd
    _, strength, axes = decompose(matrix, dims, n_iter=3, random_state=seed)
    # Half-strength axes: plain ones let the first few topics drown the rest, whitened ones amplify noise.
    return Topics((axes.T / np.sqrt(np.maximum(strength, 1e-9))).astype(np.float32))


def tfidf(corpus: Corpus, lexicon: Lexicon) -> Csr:
    """Unit rows over the lexicon's words, damped counts times rarity; shape (n, len(lexicon.words))."""
    rows = lexicon.rows_of(corpus.words)
    known = np.flatnonzero(rows >= 0)
    weights = (lexicon.idf[rows[known]] * corpus.trust[known]).astype(np.float32)
    move = sparse.csr_matrix((weights, (known, rows[known])), shape=(len(corpus.words), len(lexicon.words)))
    counts = corpus.counts()
    counts.data = np.sqrt(counts.data)
    matrix = (counts @ move).tocsr()
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return (sparse.diags((1 / np.maximum(norms, 1e-9)).astype(np.float32)) @ matrix).tocsr()


def unit_rows(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length 1; a zero row stays zero."""
    norms = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
    return (matrix / np.maximum(norms, 1e-9)[:, None]).astype(np.float32)


def row_cosines(
    left: NDArray[np.float32], right: NDArray[np.float32], left_rows: NDArray[np.int64], right_rows: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Dot products of chosen rows of two matrices of unit rows, shape (n,)."""
    return np.einsum("ij,ij->i", left[left_rows], right[right_rows])
