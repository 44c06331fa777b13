"""How near the catalog comes to a query: the share of its words' weight that one item has."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.search.catalog import CatalogWords

_AT_ONCE = 2_000
_FULL = 1 - 1e-9


@dataclass(frozen=True)
class Asked:
    """The distinct words of some queries, as codes: query q has `codes[starts[q]:starts[q + 1]]`, in order of codes."""

    words: pa.Array
    codes: NDArray[np.int32]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, normals: pa.Array) -> "Asked":
        """From queries in normal form, none empty."""
        split = pc.split_pattern(normals, " ")
        encoded = split.flatten().dictionary_encode()
        counts = np.asarray(pc.list_value_length(split), np.int64)
        width = max(len(encoded.dictionary), 1)
        query = np.repeat(np.arange(len(counts)), counts)
        pairs = np.unique(query * width + np.asarray(encoded.indices, np.int64))
        starts = np.searchsorted(pairs, np.arange(len(counts) + 1) * width)
        return cls(encoded.dictionary, (pairs % width).astype(np.int32), starts)

    @property
    def queries(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True)
class Found:
    """What searching gave: query q found the items `rows[starts[q]:starts[q + 1]]`, best first; `cover` says which
    share of the query's weight each has."""

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    cover: NDArray[np.float64]

    @property
    def query(self) -> NDArray[np.int64]:
        """The query of each result."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    @property
    def nearest(self) -> NDArray[np.float64]:
        """The most that an item covers of each query, 0 where nothing was found; shape (queries,)."""
        best = np.zeros(len(self.starts) - 1)
        np.maximum.at(best, self.query, self.cover)
        return best

    @property
    def reach(self) -> NDArray[np.str_]:
        """ "none", "weak" (no item has all of the query's words) or "full"; shape (queries,)."""
        nothing = np.diff(self.starts) == 0
        return np.where(nothing, "none", np.where(self.nearest >= _FULL, "full", "weak"))


def items_with(asked: Asked, catalog: CatalogWords) -> NDArray[np.int64]:
    """How many items have each asked word, shape (words,)."""
    at = pc.index_in(asked.words, value_set=catalog.words)
    return np.append(catalog.items_with, 0)[np.asarray(pc.fill_null(at, len(catalog.words)))]


def weights_of(asked: Asked, catalog: CatalogWords) -> NDArray[np.float64]:
    """How much each asked word tells, shape (words,): ln(1 + (N - n + 0.5) / (n + 0.5)) for a word that n of N items
    have (the inverse document frequency of BM25, in the form that is never negative; Robertson and Zaragoza 2009)."""
    n = items_with(asked, catalog)
    return np.log1p((catalog.items - n + 0.5) / (n + 0.5))


def cover(
    asked: Asked,
    weights: NDArray[np.float64],
    catalog: CatalogWords,
    rows: NDArray[np.int64],
    starts: NDArray[np.int64],
) -> Found:
    """Look at every result of every query; `rows` and `starts` as in `Found`."""
    sums = np.add.reduceat(np.append(weights[asked.codes], 0.0), asked.starts[:-1]) if asked.queries else np.zeros(0)
    shares = [np.zeros(0)]
    for first in range(0, asked.queries, _AT_ONCE):
        last = min(first + _AT_ONCE, asked.queries)
        results = rows[starts[first] : starts[last]]
        query = np.repeat(np.arange(first, last), np.diff(starts[first : last + 1]))
        shares.append(_had(asked, weights, catalog, results, query) / sums[query])
    return Found(rows, starts, np.minimum(np.concatenate(shares), 1.0))


def _had(
    asked: Asked,
    weights: NDArray[np.float64],
    catalog: CatalogWords,
    results: NDArray[np.int64],
    query: NDArray[np.int64],
) -> NDArray[np.float64]:
    """The weight of the query's words that each result has, shape (results,)."""
    words, owner = _spread(catalog.codes, catalog.starts, results)
    width = len(asked.words)
    mine, theirs = (
        _spread(asked.codes, asked.starts, np.arange(query[0], query[-1] + 1)) if len(query) else (words, owner)
    )
    keys = (theirs + (query[0] if len(query) else 0)) * width + mine
    wanted = query[owner] * width + words
    at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    has = keys[at] == wanted if len(keys) else np.zeros(len(wanted), np.bool_)
    return np.bincount(owner[has], weights[words[has]], len(results)).astype(np.float64)


def _spread(
    values: NDArray[np.int32], starts: NDArray[np.int64], lists: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The values of the given lists one after the other, and the place in `lists` that each is from."""
    sizes = starts[lists + 1] - starts[lists]
    owner = np.repeat(np.arange(len(lists)), sizes)
    inside = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return values[starts[lists][owner] + inside].astype(np.int64), owner


def uncovered(asked: Asked, catalog: CatalogWords, found: Found) -> Iterator[list[str]]:
    """For each query the words that the item which covers most of it lacks, all words where nothing was found."""
    words: list[str] = asked.words.to_pylist()
    for q in range(asked.queries):
        begin, end = int(found.starts[q]), int(found.starts[q + 1])
        has = set[int]()
        if end > begin:
            item = int(found.rows[begin + int(np.argmax(found.cover[begin:end]))])
            has = set(catalog.codes[catalog.starts[item] : catalog.starts[item + 1]].tolist())
        yield [words[code] for code in asked.codes[asked.starts[q] : asked.starts[q + 1]].tolist() if code not in has]
