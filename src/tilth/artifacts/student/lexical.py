"""Lexical features of a pair: which words, neighbouring words and measures the two texts share.

Each text becomes one sparse row of *slots* (distinct words, bigrams, measures). One sparse product finds the slots that
two texts share; every feature is a sum of slot weights over those, so nothing is computed pair by pair in Python.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student.corpus import Corpus, hashed
from tilth.artifacts.student.lexicon import Lexicon
from tilth.artifacts.student.sparsity import Csr, meet, one_row, sparse
from tilth.text import is_code, is_number
from tilth.text.normalize import UNITS

_BITS = 28
_BM25_K, _BM25_B = 1.2, 0.75

WEIGHTS = (
    "word", "rarity", "rarity4", "head", "first", "last", "number", "code", "bigram", "measure", "unit", "bm25",
    "place", "early",
)  # fmt: skip
_COLUMN = {name: column for column, name in enumerate(WEIGHTS)}

LEXICAL_NAMES = (
    "context_share", "context_share_rare", "context_missing", "context_missing_rare", "context_missing_rarest",
    "item_share", "item_share_rare", "first_found", "last_found", "head_found", "item_head_found", "heads_equal",
    "head_rarity", "numbers_found", "numbers_missing", "codes_found", "codes_missing", "phrase_share", "phrase_count",
    "measures_found", "measures_conflict", "bm25", "bm25_share", "mean_place", "early_share", "head_place",
    "context_words", "item_words", "context_rarity", "trust",
)  # fmt: skip


@dataclass(frozen=True)
class Slots:
    """`pointers[i]` holds, at the columns of text i's slots, 1 + the row of that slot in `weights`.

    `totals` are the sums of `weights` by text, shape (n, len(WEIGHTS)).
    """

    pointers: Csr
    weights: NDArray[np.float32]
    totals: NDArray[np.float32]
    words: NDArray[np.float32]
    trust: NDArray[np.float32]


def lexical_slots(corpus: Corpus, lexicon: Lexicon, mean_length: float) -> Slots:
    """Slots of each text; `mean_length` is the mean number of words of an item (for BM25)."""
    words = _WordFacts.of(corpus, lexicon)
    keys, columns, weights = zip(
        _word_slots(corpus, words, mean_length),
        _bigram_slots(corpus, words),
        _measure_slots(corpus, words),
        strict=True,
    )
    row = np.concatenate(keys)
    column = np.concatenate(columns)
    weight = np.concatenate(weights)
    order = np.lexsort((column, row))
    row, column, weight = row[order], column[order], weight[order].astype(np.float32)
    fresh = np.ones(len(row), dtype=bool)
    fresh[1:] = (np.diff(row) != 0) | (np.diff(column) != 0)
    row, column, weight = row[fresh], column[fresh], weight[fresh]
    ends = np.searchsorted(row, np.arange(len(corpus) + 1))
    shape = (len(corpus), 1 << _BITS)
    indices, indptr = column.astype(np.int32), ends.astype(np.int32)
    pointers = sparse.csr_matrix((np.arange(1, len(row) + 1, dtype=np.float64), indices, indptr), shape=shape)
    sums = sparse.csr_matrix(
        (np.ones(len(row), np.float32), np.arange(len(row)), indptr), shape=(len(corpus), len(row))
    )
    totals = np.asarray(sums @ weight)
    trust = np.bincount(corpus.rows, corpus.trust[corpus.codes], len(corpus)) / np.maximum(corpus.lengths, 1)
    return Slots(pointers, weight, totals, corpus.lengths.astype(np.float32), trust.astype(np.float32))


def lexical_features(
    contexts: Slots, items: Slots, context_rows: NDArray[np.int64], item_rows: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Shape (n, len(LEXICAL_NAMES)), in their order."""
    context_hits, item_hits, indptr = _hits(contexts, items, context_rows, item_rows)
    shared_c = _sums(contexts.weights, context_hits, indptr)
    shared_i = _sums(items.weights, item_hits, indptr)
    total_c, total_i = contexts.totals[context_rows], items.totals[item_rows]
    pair = np.repeat(np.arange(len(context_rows)), np.diff(indptr))
    is_head = contexts.weights[context_hits, _COLUMN["head"]] > 0
    both = is_head & (items.weights[item_hits, _COLUMN["head"]] > 0)
    heads_equal = np.bincount(pair[both], minlength=len(context_rows)) > 0
    head_place = np.full(len(context_rows), np.nan, dtype=np.float32)
    head_place[pair[is_head]] = items.weights[item_hits[is_head], _COLUMN["place"]]
    return _assemble(
        shared_c, shared_i, total_c, total_i, heads_equal, head_place, contexts, items, context_rows, item_rows
    )


def _assemble(
    shared_c: NDArray[np.float32],
    shared_i: NDArray[np.float32],
    total_c: NDArray[np.float32],
    total_i: NDArray[np.float32],
    heads_equal: NDArray[np.bool_],
    head_place: NDArray[np.float32],
    contexts: Slots,
    items: Slots,
    context_rows: NDArray[np.int64],
    item_rows: NDArray[np.int64],
) -> NDArray[np.float32]:
    def c(name: str) -> NDArray[np.float32]:
        return shared_c[:, _COLUMN[name]]

    def i(name: str) -> NDArray[np.float32]:
        return shared_i[:, _COLUMN[name]]

    def all_c(name: str) -> NDArray[np.float32]:
        return total_c[:, _COLUMN[name]]

    def all_i(name: str) -> NDArray[np.float32]:
        return total_i[:, _COLUMN[name]]

    words, rarity = np.maximum(i("word"), 1e-9), all_c("rarity")
    columns = [
        _share(c("word"), all_c("word")),
        _share(c("rarity"), rarity),
        all_c("word") - c("word"),
        rarity - c("rarity"),
        np.maximum(all_c("rarity4") - c("rarity4"), 0) ** 0.25,
        _share(i("word"), all_i("word")),
        _share(i("rarity"), all_i("rarity")),
        c("first"),
        c("last"),
        c("head"),
        i("head"),
        heads_equal,
        _share(all_c("head") * rarity, rarity),
        _share(c("number"), all_c("number")),
        all_c("number") - c("number"),
        _share(c("code"), all_c("code")),
        all_c("code") - c("code"),
        _share(c("bigram"), all_c("bigram")),
        c("bigram"),
        _share(c("measure"), all_c("measure")),
        np.maximum(c("unit") - c("measure"), 0),
        i("bm25"),
        _share(i("bm25"), rarity),
        np.where(i("word") > 0, i("place") / words, np.nan),
        i("early") / 3,
        head_place,
        contexts.words[context_rows],
        items.words[item_rows],
        _share(rarity, all_c("word")),
        contexts.trust[context_rows],
    ]
    out = np.empty((len(context_rows), len(columns)), dtype=np.float32)
    for place, column in enumerate(columns):
        out[:, place] = column
    return out


def _share(part: NDArray[np.float32], whole: NDArray[np.float32]) -> NDArray[np.float32]:
    """part / whole, NaN where there is nothing to share."""
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)


def _hits(
    contexts: Slots, items: Slots, context_rows: NDArray[np.int64], item_rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Rows of `weights` on both sides for every shared slot, and where each pair's run of them ends."""
    if one_row(context_rows):
        met = meet(contexts.pointers, items.pointers, int(context_rows[0]), item_rows)
        return met.left, met.right, met.ends.astype(np.int32)  # a slot's place is its row of `weights`
    left = contexts.pointers[context_rows]
    right = items.pointers[item_rows]
    ones_left = sparse.csr_matrix((np.ones(left.nnz), left.indices, left.indptr), shape=left.shape)
    ones_right = sparse.csr_matrix((np.ones(right.nnz), right.indices, right.indptr), shape=right.shape)
    for matrix in (left, right, ones_left, ones_right):
        matrix.has_canonical_format = True
    from_left = left.multiply(ones_right)
    from_right = ones_left.multiply(right)
    return from_left.data.astype(np.int64) - 1, from_right.data.astype(np.int64) - 1, from_left.indptr


def _sums(weights: NDArray[np.float32], hits: NDArray[np.int64], indptr: NDArray[np.int32]) -> NDArray[np.float32]:
    """Sum of the weights of each pair's hits, shape (pairs, weights.shape[1])."""
    taken = sparse.csr_matrix(
        (np.ones(len(hits), np.float32), hits.astype(np.int32), indptr), shape=(len(indptr) - 1, len(weights))
    )
    return np.asarray(taken @ weights)


@dataclass(frozen=True)
class _WordFacts:
    code: NDArray[np.int64]
    idf: NDArray[np.float32]
    number: NDArray[np.bool_]
    mixed: NDArray[np.bool_]
    unit: NDArray[np.bool_]

    @staticmethod
    def of(corpus: Corpus, lexicon: Lexicon) -> "_WordFacts":
        words = corpus.words
        return _WordFacts(
            hashed(words, _BITS - 1),
            lexicon.idf_of(words),
            np.array([is_number(word) for word in words], dtype=bool),
            np.array([is_code(word) for word in words], dtype=bool),
            np.array([word in UNITS for word in words], dtype=bool),
        )


def _empty_weights(count: int) -> NDArray[np.float32]:
    return np.zeros((count, len(WEIGHTS)), dtype=np.float32)


def _word_slots(
    corpus: Corpus, facts: _WordFacts, mean_length: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """One slot for each distinct word of a text, at its first position."""
    rows, codes, positions = corpus.rows, corpus.codes, corpus.positions
    key = rows * max(len(corpus.words), 1) + codes
    _, first, counts = np.unique(key, return_index=True, return_counts=True)
    row, code = rows[first], codes[first]
    lengths, head_ends = corpus.lengths[row], _head_positions(corpus, facts)
    idf = facts.idf[code] * corpus.trust[code]
    weights = _empty_weights(len(first))

    def put(name: str, values: NDArray[Any]) -> None:
        weights[:, _COLUMN[name]] = values

    term = counts / (counts + _BM25_K * (1 - _BM25_B + _BM25_B * lengths / max(mean_length, 1e-9)))
    put("word", np.ones(len(first), np.float32))
    put("rarity", idf)
    put("rarity4", idf**4)
    is_head_word = np.zeros(len(codes), dtype=bool)
    is_head_word[head_ends[head_ends >= 0]] = True
    put("head", np.isin(key[first], key[is_head_word]))
    put("first", positions[first] == 0)
    is_last = positions == corpus.lengths[rows] - 1
    put("last", np.isin(key[first], key[is_last]))
    put("number", facts.number[code])
    put("code", facts.mixed[code])
    put("bm25", idf * term * (_BM25_K + 1))
    put("place", positions[first] / np.maximum(lengths, 1))
    put("early", positions[first] < 3)
    return row, facts.code[code], weights


def _head_positions(corpus: Corpus, facts: _WordFacts) -> NDArray[np.int64]:
    """Index into `codes` of the last word of each text's head phrase that is no number or unit; -1 if there is none."""
    plain = ~(facts.number | facts.unit)[corpus.codes]
    inside = corpus.positions < corpus.heads[corpus.rows]
    found = np.full(len(corpus), -1, dtype=np.int64)
    eligible = np.flatnonzero(plain & inside)
    found[corpus.rows[eligible]] = eligible  # later assignments win: the last one stays
    return found


def _bigram_slots(
    corpus: Corpus, facts: _WordFacts
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    inside = corpus.positions[1:] > 0
    row = corpus.rows[1:][inside]
    left, right = facts.code[corpus.codes[:-1][inside]], facts.code[corpus.codes[1:][inside]]
    weights = _empty_weights(len(row))
    weights[:, _COLUMN["bigram"]] = 1
    return row, _mixed_code(left, right, 1), weights


def _measure_slots(
    corpus: Corpus, facts: _WordFacts
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """A number with its unit (`5 gallon`), and the unit alone when a number stands before it."""
    previous, following = corpus.codes[:-1], corpus.codes[1:]
    found = (corpus.positions[1:] > 0) & facts.number[previous] & facts.unit[following]
    row = corpus.rows[1:][found]
    number, unit = facts.code[previous[found]], facts.code[following[found]]
    exact, any_number = _empty_weights(len(row)), _empty_weights(len(row))
    exact[:, _COLUMN["measure"]] = 1
    any_number[:, _COLUMN["unit"]] = 1
    columns = np.concatenate([_mixed_code(number, unit, 2), _mixed_code(unit, unit, 3)])
    return np.concatenate([row, row]), columns, np.concatenate([exact, any_number])


def _mixed_code(left: NDArray[np.int64], right: NDArray[np.int64], kind: int) -> NDArray[np.int64]:
    """Code of a combination, in the upper half of the columns where no word lies."""
    mixed = (left * 2654435761 + right * 40503 + kind * 97) & 0x7FFFFFFFFFFF
    mixed = (mixed ^ (mixed >> 17)) * 2246822519
    return (1 << (_BITS - 1)) + ((mixed >> 11) & ((1 << (_BITS - 1)) - 1))
