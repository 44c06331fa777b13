"""scipy.sparse without its types (scipy ships none that a strict checker can follow), and where sparse rows meet."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.sparse import linalg as _linalg

Csr = Any
"""A scipy.sparse.csr_matrix."""

sparse: Any = scipy.sparse
linalg: Any = _linalg

Rows = NDArray[np.int64]

_SIEVE_BITS = 12
_SIEVE_FROM = 1_000


@dataclass(frozen=True)
class Meeting:
    """The columns that both rows of a pair hold, ascending: `left` and `right` are their places in the matrices' data,
    those of pair i at `ends[i]:ends[i + 1]`."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    ends: NDArray[np.int64]


def one_row(rows: Rows) -> bool:
    """Whether all pairs have the same row on this side, as those of one request do. One number that is shown many
    times (`np.broadcast_to`) needs no look at them all."""
    return len(rows) > 0 and (rows.strides == (0,) or bool((rows == rows[0]).all()))


def meet(left: Csr, right: Csr, left_row: int, right_rows: Rows) -> Meeting:
    """One row of `left` beside many of `right`; columns ascend within the rows of both.

    Without scipy's slices and products, which cost a tenth of a millisecond each however few the pairs are.
    """
    first, last = int(left.indptr[left_row]), int(left.indptr[left_row + 1])
    known = left.indices[first:last]
    starts = right.indptr[right_rows].astype(np.int64)
    lengths = right.indptr[right_rows + 1] - starts
    ends = np.zeros(len(right_rows) + 1, dtype=np.int64)
    lengths.cumsum(out=ends[1:])
    places = (starts - ends[:-1]).repeat(lengths)
    places += np.arange(ends[-1])
    columns = right.indices[places]
    if not len(known):
        nothing = np.zeros(0, dtype=np.int64)
        return Meeting(nothing, nothing, np.zeros_like(ends))
    likely = _likely(known, columns)
    wanted = columns[likely] if likely is not None else columns
    at = known.searchsorted(wanted)
    np.minimum(at, len(known) - 1, out=at)
    sure = (known[at] == wanted).nonzero()[0]
    found = likely[sure] if likely is not None else sure
    return Meeting(first + at[sure], places[found], found.searchsorted(ends))


def _likely(known: NDArray[np.int32], columns: NDArray[np.int32]) -> NDArray[np.int64] | None:
    """Places of columns worth a search: of many, most fall through a sieve of their last bits. None for all of few."""
    if len(columns) < _SIEVE_FROM:
        return None
    mask = (1 << _SIEVE_BITS) - 1
    sieve = np.zeros(1 << _SIEVE_BITS, dtype=bool)
    sieve[known & mask] = True
    return sieve[columns & mask].nonzero()[0]


def shared_sums(left: Csr, right: Csr, left_rows: Rows, right_rows: Rows) -> NDArray[np.float32]:
    """Dot products of chosen rows, shape (n,). A pair's sum does not depend on the others."""
    if not one_row(left_rows):
        product = left[left_rows].multiply(right[right_rows])
        return np.asarray(product.sum(axis=1), dtype=np.float32).ravel()
    met = meet(left, right, int(left_rows[0]), right_rows)
    out = np.zeros(len(right_rows), dtype=np.float32)
    some = (met.ends[1:] > met.ends[:-1]).nonzero()[0]
    if len(some):
        # reduceat, as scipy does it: the same order of adding gives the same last bit.
        out[some] = np.add.reduceat(left.data[met.left] * right.data[met.right], met.ends[some])
    return out
