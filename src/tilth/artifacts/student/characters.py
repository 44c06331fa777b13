"""Character n-grams of a pair: close spellings that share no whole word."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student.corpus import Corpus, hashed
from tilth.artifacts.student.sparsity import Csr, shared_sums, sparse
from tilth.text import word_ngrams

_BITS = 18

CHARACTER_NAMES = ("char_cosine", "char_context_share", "char_item_share")


@dataclass(frozen=True)
class GramRows:
    """The n-grams each text holds: `weighted` by their squared rarity, `present` as ones; `totals` are row sums."""

    weighted: Csr
    present: Csr
    totals: NDArray[np.float32]


def gram_presence(corpus: Corpus, sizes: Sequence[int]) -> Csr:
    """1 where a text holds an n-gram (by hash), shape (n, 2**18)."""
    grams = [hashed(word_ngrams(word, sizes), _BITS) for word in corpus.words]
    ends = np.cumsum([0, *map(len, grams)])
    columns = np.concatenate(grams) if grams else np.zeros(0, dtype=np.int64)
    table = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(grams), 1 << _BITS))
    present = corpus.counts() @ table
    present.sum_duplicates()
    present.data[:] = 1
    return present


def gram_rarity(present: Csr) -> NDArray[np.float32]:
    """Inverse document frequency of each n-gram over the rows, shape (2**18,)."""
    frequency = np.bincount(present.indices, minlength=present.shape[1])
    return np.log((present.shape[0] + 1) / (frequency + 0.5)).clip(0.05).astype(np.float32)


def gram_rows(corpus: Corpus, sizes: Sequence[int], rarity: NDArray[np.float32]) -> GramRows:
    present = gram_presence(corpus, sizes)
    weighted = present.copy()
    weighted.data = rarity[present.indices] ** 2
    return GramRows(weighted, present, np.asarray(weighted.sum(axis=1), dtype=np.float32).ravel())


def character_features(
    contexts: GramRows, items: GramRows, context_rows: NDArray[np.int64], item_rows: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Shape (n, 3): cosine, share of the context's n-grams in the item, and the reverse; NaN for an empty text."""
    shared = shared_sums(contexts.weighted, items.present, context_rows, item_rows)
    total_c, total_i = contexts.totals[context_rows], items.totals[item_rows]
    out = np.full((len(context_rows), 3), np.nan, dtype=np.float32)
    some = (total_c > 0) & (total_i > 0)
    for place, whole in enumerate((np.sqrt(total_c * total_i), total_c, total_i)):
        np.divide(shared, whole, out=out[:, place], where=some)
    return out
