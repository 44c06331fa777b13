"""Whether a query words the one before it anew.

Two rules of Huang and Efthimiadis (2009, "Analyzing and evaluating query reformulation strategies in web search logs")
are taken as they are: one query begins with the other (substring, superstring), or few typing errors lie between them
(spelling correction). Their rules for added, removed, reordered and substituted words become one: the shorter query
shares at least half of its words with the longer one.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.search.edits import edits_allowed, letters_of, may_be_within_edits, within_edits
from tilth.audit.search.normal import coded

WORDS, CHARACTERS = 12, 200
"""Of a query that are compared."""
_AT_ONCE = 200_000
PREFIX = 3
"""Characters that a query must have at least to count as the beginning of another."""
EMPTY = frozenset(
    [
        *("a", "an", "and", "at", "by", "for", "from", "in", "is", "of", "on", "or", "per", "the", "to", "with"),
        *("das", "der", "die", "und", "von", "de", "du", "el", "en", "et", "la", "le", "los", "y"),
    ]
)
"""Words that say nothing of what is wanted."""
_NONE = -1


@dataclass(frozen=True)
class Wordings:
    """Distinct queries in normal form, as the comparison needs them. All arrays have the shape (queries,) first."""

    texts: list[str]
    """Cut after CHARACTERS."""
    words: NDArray[np.int32]
    """Codes of the words, shape (queries, WORDS), -1 where there are no more."""
    word_count: NDArray[np.int64]
    lengths: NDArray[np.int64]
    """In characters."""
    starts: NDArray[np.int64]
    """The first PREFIX characters as one number."""
    letters: NDArray[np.uint64]
    """As `letters_of` gives them."""

    @classmethod
    def of(cls, normals: pa.Array) -> "Wordings":
        """From distinct queries in normal form, none empty."""
        words = _word_codes(normals)
        cut = pc.utf8_slice_codeunits(normals, 0, CHARACTERS)
        texts: list[str] = cut.to_pylist()
        lengths = np.asarray(pc.utf8_length(cut), np.int64)
        first = np.cumsum(lengths) - lengths
        signs = np.frombuffer("".join(texts).encode("utf-32-le"), "<u4")
        padded = np.append(signs.astype(np.int64), np.zeros(PREFIX, np.int64))
        starts = sum((padded[first + place] << (21 * place) for place in range(PREFIX)), np.zeros(len(texts), np.int64))
        return cls(texts, words, (words >= 0).sum(1), lengths, starts, letters_of(cut))


def similar(wordings: Wordings, one: NDArray[np.int32], other: NDArray[np.int32]) -> NDArray[np.bool_]:
    """For pairs of rows of `wordings`, shape (pairs,): whether one is the other in other words."""
    pieces = [slice(start, start + _AT_ONCE) for start in range(0, len(one), _AT_ONCE)]
    return np.concatenate([np.zeros(0, np.bool_), *(_similar(wordings, one[at], other[at]) for at in pieces)])


def _similar(wordings: Wordings, one: NDArray[np.int32], other: NDArray[np.int32]) -> NDArray[np.bool_]:
    shorter = np.where(wordings.word_count[one] <= wordings.word_count[other], one, other)
    longer = np.where(shorter == one, other, one)
    out = _share_words(wordings, shorter, longer)
    open_pairs = np.flatnonzero(
        ~out & (_may_begin(wordings, one, other) | may_be_within_edits(wordings.lengths, wordings.letters, one, other))
    )
    texts = wordings.texts
    for at, a, b in zip(open_pairs.tolist(), one[open_pairs].tolist(), other[open_pairs].tolist(), strict=True):
        out[at] = _begins(texts[a], texts[b]) or _mistyped(texts[a], texts[b])
    return out


def _share_words(wordings: Wordings, shorter: NDArray[np.int32], longer: NDArray[np.int32]) -> NDArray[np.bool_]:
    mine, theirs = wordings.words[shorter], wordings.words[longer]
    found = np.zeros(mine.shape, np.bool_)
    for place in range(WORDS):
        found |= mine == theirs[:, place, None]
    shared = (found & (mine >= 0)).sum(1)
    return (shared > 0) & (2 * shared >= wordings.word_count[shorter])


def _may_begin(wordings: Wordings, one: NDArray[np.int32], other: NDArray[np.int32]) -> NDArray[np.bool_]:
    long_enough = np.minimum(wordings.lengths[one], wordings.lengths[other]) >= PREFIX
    return long_enough & (wordings.starts[one] == wordings.starts[other])


def _begins(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= PREFIX and longer.startswith(shorter)


def _mistyped(one: str, other: str) -> bool:
    return within_edits(one, other, edits_allowed(min(len(one), len(other))))


def _word_codes(normals: pa.Array) -> NDArray[np.int32]:
    split = pc.split_pattern(normals, " ")
    codes, words = coded(split.flatten())
    codes = np.where(np.asarray(pc.is_in(words, value_set=pa.array(sorted(EMPTY)))), _NONE, np.arange(len(words)))[
        codes
    ]
    counts = np.asarray(pc.list_value_length(split), np.int64)
    place = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
    row = np.repeat(np.arange(len(counts)), counts)
    out = np.full((len(counts), WORDS), _NONE, np.int32)
    kept = place < WORDS
    out[row[kept], place[kept]] = codes[kept]
    return out
