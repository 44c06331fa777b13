"""Which queries are searched for, and how much of the traffic each stands for."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.hashes import hash64


@dataclass(frozen=True)
class Sample:
    """`rows` of the queries, in order; the searches of each count `weights` times; both of shape (sampled,).

    Half of them are the most frequent, which stand for themselves. The others are drawn at random and together stand
    for all that are not searched for: each search counts as many times as makes their total right (a ratio estimate).
    """

    rows: NDArray[np.int64]
    weights: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rows)


def sample(normals: pa.Array | pa.ChunkedArray, searches: NDArray[np.int64], most: int) -> Sample:
    """Of queries in order, the most frequent first. The draw goes by the hash of a query, so that two audits look at
    the same ones."""
    count = len(searches)
    if count <= most:
        return Sample(np.arange(count), np.ones(count))
    frequent = (most + 1) // 2
    rest = np.argsort(hash64(normals)[frequent:], kind="stable")[: most - frequent] + frequent
    drawn = np.sort(rest)
    weights = np.ones(most)
    if len(drawn):
        weights[frequent:] = searches[frequent:].sum() / searches[drawn].sum()
    return Sample(np.append(np.arange(frequent), drawn), weights)
