"""Which queries have a word that is likely misspelled."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.search.catalog import CatalogWords
from tilth.audit.search.misspelled import Words, likely_misspelled
from tilth.audit.search.normal import coded


@dataclass(frozen=True)
class Spelling:
    """`queries`, shape (queries,): which are likely misspelled. `exact` is False where not every word was looked at."""

    queries: NDArray[np.bool_]
    exact: bool


def judge_spelling(normals: pa.Array | pa.ChunkedArray, searches: NDArray[np.int64], catalog: CatalogWords) -> Spelling:
    """From all queries in normal form and how often each was searched for.

    A word is met as often as there are items that have it and searches that ask for it.
    """
    lists = pc.split_pattern(normals.combine_chunks() if isinstance(normals, pa.ChunkedArray) else normals, " ")
    code, words = coded(lists.flatten())
    query = np.asarray(pc.list_parent_indices(lists), np.int64)
    at = pc.index_in(words, value_set=catalog.words)
    in_catalog = np.asarray(pc.is_valid(at))
    frequency = np.bincount(code, searches[query], len(words)).astype(np.int64)
    frequency[in_catalog] += catalog.items_with[np.asarray(pc.drop_null(at), np.int64)]
    found = likely_misspelled(Words(words, frequency, in_catalog))
    wrong = np.zeros(len(searches), np.bool_)
    wrong[query[found.words[code]]] = True
    return Spelling(wrong, found.exact)
