"""From ids to rows without a table in each worker's memory: sorted hashes in a mapped file."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(frozen=True)
class IdIndex:
    """`hashes`, sorted, shape (n,), with the row of each in `rows`; `ids` are the ids by row, which settle collisions.

    CRC-32 is no defence against ids made to collide, but those here are the catalog's own; a lookup with k colliding
    ids compares k of them.
    """

    hashes: NDArray[np.uint32]
    rows: NDArray[np.int64]
    ids: pa.ChunkedArray

    @staticmethod
    def of(ids: pa.ChunkedArray) -> "IdIndex":
        hashes = _hashed(ids.to_pylist())
        rows = np.argsort(hashes, kind="stable").astype(np.int64)
        return IdIndex(hashes[rows], rows, ids)

    def rows_of(self, wanted: Sequence[str]) -> NDArray[np.int64]:
        """Row of each id, shape (len(wanted),); -1 where unknown."""
        out = np.full(len(wanted), -1, dtype=np.int64)
        if not len(self.hashes) or not wanted:
            return out
        hashes = _hashed(wanted)
        places = np.searchsorted(self.hashes, hashes)
        near = np.minimum(places, len(self.hashes) - 1)
        rows = self.rows[near]
        found = self.ids.take(pa.array(rows)).to_pylist()
        for place, (asked, stored) in enumerate(zip(wanted, found, strict=True)):
            if asked == stored:
                out[place] = rows[place]
            elif self.hashes[near[place]] == hashes[place]:
                out[place] = self._among_equals(asked, int(near[place]))
        return out

    def _among_equals(self, wanted: str, first: int) -> int:
        """The row of `wanted` among all ids whose hash is the one at `first`; -1 if it is none of them."""
        last = int(np.searchsorted(self.hashes, self.hashes[first], side="right"))
        for row in self.rows[first:last].tolist():
            if self.ids[row].as_py() == wanted:
                return int(row)
        return -1


def _hashed(ids: Sequence[str]) -> NDArray[np.uint32]:
    return np.fromiter((zlib.crc32(one.encode()) for one in ids), dtype=np.uint32, count=len(ids))
