"""What candidate pairs teach, for training rows, from fits that never saw the row's context."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student import MIN_CONTEXTS, Featurizer, fit_cooccurrence, row_cosines
from tilth.records import Entities, Pairs

Rows = NDArray[np.int64]


def cross_fitted_cosines(
    featurizer: Featurizer,
    contexts: Entities,
    items: Entities,
    candidates: Pairs,
    folds: Rows,
    context_rows: Rows,
    item_rows: Rows,
    seed: int,
) -> NDArray[np.float32]:
    """Co-occurrence cosine of each training pair, shape (n,), as it will be for a new context.

    `folds` (contexts,) gives each context's fold. Without this the training rows would look better matched than any
    row does later on. A fold whose complement is too small to learn from keeps the full fit's cosines.
    """
    out: NDArray[np.float32] = np.zeros(len(context_rows), dtype=np.float32)
    left, right = featurizer.tfidf_rows(contexts), featurizer.tfidf_rows(items)
    candidate_contexts = contexts.rows_of(candidates.table["context_id"])
    candidate_items = items.rows_of(candidates.table["item_id"])
    known = (candidate_contexts >= 0) & (candidate_items >= 0)

    def fill(fold: int) -> None:
        held = folds[context_rows] == fold
        kept = known & (folds[candidate_contexts] != fold)
        fitted = featurizer.cooccurrence
        if len(np.unique(candidate_contexts[kept])) >= MIN_CONTEXTS:
            dims = featurizer.config.cooccurrence_dims
            fitted = fit_cooccurrence(left, right, candidate_contexts[kept], candidate_items[kept], dims, seed)
        if fitted is not None:
            vectors = fitted.place(left, context=True), fitted.place(right, context=False)
            out[held] = row_cosines(*vectors, context_rows[held], item_rows[held])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill, np.unique(folds)))
    return out
