"""From ids to rows without a table in each worker's memory: sorted hashes in a mapped file."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class IdIndex:
    """`hashes`, sorted, shape (n,), with the row of each in `rows`. The ids themselves settle collisions: that of row r
    is `letters[ends[r]:ends[r + 1]]` in UTF-8.

    CRC-32 is no defence against ids made to collide, but those here are the catalog's own; a lookup with k colliding
    ids compares k of them.
    """

    hashes: NDArray[np.uint32]
    rows: NDArray[np.int64]
    ends: NDArray[np.int64]
    letters: NDArray[np.uint8]

    @staticmethod
    def of(ids: Sequence[str]) -> "IdIndex":
        encoded = [one.encode() for one in ids]
        hashes = _hashed(encoded)
        rows = np.argsort(hashes, kind="stable").astype(np.int64)
        ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        return IdIndex(hashes[rows], rows, ends, np.frombuffer(b"".join(encoded), dtype=np.uint8))

    def __len__(self) -> int:
        return len(self.rows)

    def rows_of(self, wanted: Sequence[str]) -> NDArray[np.int64]:
        """Row of each id, shape (len(wanted),); -1 where unknown."""
        out = np.full(len(wanted), -1, dtype=np.int64)
        if not len(self) or not wanted:
            return out
        encoded = [one.encode() for one in wanted]
        hashes = _hashed(encoded)
        near = np.minimum(self.hashes.searchsorted(hashes), len(self) - 1)
        rows = self.rows[near]
        if self._are(rows, encoded):
            return rows
        spans = zip(encoded, rows.tolist(), self.ends[rows].tolist(), self.ends[rows + 1].tolist(), strict=True)
        for place, (asked, row, first, last) in enumerate(spans):
            if self.letters[first:last].tobytes() == asked:
                out[place] = row
            elif self.hashes[near[place]] == hashes[place]:
                out[place] = self._among_equals(asked, int(near[place]))
        return out

    def _are(self, rows: NDArray[np.int64], wanted: Sequence[bytes]) -> bool:
        """Whether row i is that of `wanted[i]` for all of them, as it mostly is: looked at in one piece."""
        starts = self.ends[rows]
        lengths = self.ends[rows + 1] - starts
        if lengths.tolist() != list(map(len, wanted)):
            return False
        before = lengths.cumsum() - lengths
        places = (starts - before).repeat(lengths) + np.arange(lengths.sum())
        return self.letters[places].tobytes() == b"".join(wanted)

    def _among_equals(self, wanted: bytes, first: int) -> int:
        """The row of `wanted` among all ids whose hash is the one at `first`; -1 if it is none of them."""
        last = int(np.searchsorted(self.hashes, self.hashes[first], side="right"))
        for row in self.rows[first:last].tolist():
            if self.letters[self.ends[row] : self.ends[row + 1]].tobytes() == wanted:
                return int(row)
        return -1


def _hashed(ids: Sequence[bytes]) -> NDArray[np.uint32]:
    return np.fromiter(map(zlib.crc32, ids), dtype=np.uint32, count=len(ids))
