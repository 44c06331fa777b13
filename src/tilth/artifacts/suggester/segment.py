"""Suggestions in one immutable folder, sorted by their keys and mapped into memory.

For a prefix that many suggestions share the best ones are listed beforehand; for any other the few that share it are
looked at. Either way a lookup takes some tens of microseconds, however many there are.
"""

import mmap
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.suggester.heavy import LISTED, MANY, Heavy, best_distinct, distinct, find_heavy

_ARRAYS = ("starts", "scores", "labels", "forms", "shown_starts", "marks", "ranges", "tops")


@dataclass(frozen=True)
class Columns:
    """What a segment is made from, sorted by `keys`, none of them twice. All of one length n.

    `shown` is what people see; `scores` (n,) float32; `labels` (n, 2) int32: numbers of source and category; `forms`
    (n,) uint32: check sums of normal forms, equal for suggestions that say the same (for 1 in 4 billion others too).
    """

    keys: Sequence[bytes]
    shown: Sequence[bytes]
    scores: NDArray[np.float32]
    labels: NDArray[np.int32]
    forms: NDArray[np.uint32]


class Segment:
    """Opened from its folder. Safe from any thread."""

    def __init__(self, folder: Path) -> None:
        arrays = {
            name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)) for name in _ARRAYS
        }
        self._keys, self._shown = _map(folder / "keys.bin"), _map(folder / "shown.bin")
        # Memory views give Python numbers faster than arrays do.
        self._starts, self._shown_starts = arrays["starts"].data, arrays["shown_starts"].data
        self._scores, self._marks = arrays["scores"].data, arrays["marks"].data
        self.labels: NDArray[np.int32] = arrays["labels"]
        self.scores: NDArray[np.float32] = arrays["scores"]
        self.forms: NDArray[np.uint32] = arrays["forms"]
        self._forms = self.forms.data
        self._ranges, self._tops = arrays["ranges"], arrays["tops"]
        self._count = len(arrays["scores"])

    def __len__(self) -> int:
        return self._count

    def key(self, row: int) -> bytes:
        return self._keys[self._starts[row] : self._starts[row + 1]]

    def shown(self, row: int) -> str:
        text = self._shown[self._shown_starts[row] : self._shown_starts[row + 1]]
        return (text or self.key(row)).decode()

    def score(self, row: int) -> float:
        return self._scores[row]

    def form(self, row: int) -> int:
        return self._forms[row]

    def find(self, key: bytes) -> int:
        """Row of exactly this key, -1 where there is none."""
        row = self._lower(key, 0, self._count)
        return row if row < self._count and self.key(row) == key else -1

    def has(self, prefix: bytes) -> bool:
        """Whether any key begins so."""
        row = self._lower(prefix, 0, self._count)
        return row < self._count and self.key(row).startswith(prefix)

    def top(self, prefix: bytes, k: int, hidden: frozenset[int] = frozenset()) -> list[int]:
        """Rows of the `k` best suggestions whose keys begin so, best first, ties by key: of each form the first, none
        of those `hidden`. A form whose first row is hidden may be left out, until all is written anew."""
        found = self._listed(prefix)
        if found is not None:
            low, high, rows = found
            every = rows[-1] < 0  # all forms there are
            rows = [row for row in rows if row >= 0 and row not in hidden] if hidden or every else rows
            if len(rows) >= k or (every and not hidden):
                return rows[:k]
        else:
            low, high = self.range(prefix)
        return self._best(low, high, k, hidden)

    def range(self, prefix: bytes) -> tuple[int, int]:
        """First row whose key begins so, and the one behind the last."""
        low = self._lower(prefix, 0, self._count)
        step = 1
        while low + step < self._count and self.key(low + step).startswith(prefix):
            step *= 2
        return low, self._behind(prefix, low, min(low + step, self._count))

    def _listed(self, prefix: bytes) -> tuple[int, int, list[int]] | None:
        """Range and best rows of a prefix that many share."""
        mark = mark_of(prefix)
        place = bisect_left(self._marks, mark)
        if place == len(self._marks) or self._marks[place] != mark:
            return None
        low, high = self._ranges[place].tolist()
        # Two prefixes may have one mark.
        if not (self.key(low).startswith(prefix) and self.key(high - 1).startswith(prefix)):
            return None
        return low, high, self._tops[place].tolist()

    def _best(self, low: int, high: int, k: int, hidden: frozenset[int]) -> list[int]:
        if high - low > MANY:
            return best_distinct(range(low, high), self.scores[low:high], self.forms[low:high], k, hidden)
        scores, forms = self._scores, self._forms
        order = sorted((row for row in range(low, high) if row not in hidden), key=lambda row: (-scores[row], row))
        return distinct(((row, forms[row]) for row in order), k)

    def _lower(self, key: bytes, low: int, high: int) -> int:
        keys, starts = self._keys, self._starts
        while low < high:
            middle = (low + high) >> 1
            if keys[starts[middle] : starts[middle + 1]] < key:
                low = middle + 1
            else:
                high = middle
        return low

    def _behind(self, prefix: bytes, low: int, high: int) -> int:
        keys, starts = self._keys, self._starts
        while low < high:
            middle = (low + high) >> 1
            if keys[starts[middle] : starts[middle + 1]].startswith(prefix):
                low = middle + 1
            else:
                high = middle
        return low


def mark_of(prefix: bytes) -> int:
    """A number that stands for a prefix; the same on every machine."""
    return int.from_bytes(blake2b(prefix, digest_size=8).digest(), "little")


def write_segment(folder: Path, columns: Columns) -> None:
    """Write a segment into a new folder."""
    folder.mkdir(parents=True)
    heavy = find_heavy(columns.keys, columns.scores, columns.forms)
    order, marks = _by_mark(heavy)
    _save(folder / "starts.npy", _write_texts(folder / "keys.bin", columns.keys))
    # What is shown as it is compared is not written twice.
    shown = [b"" if shown == key else shown for shown, key in zip(columns.shown, columns.keys, strict=True)]
    _save(folder / "shown_starts.npy", _write_texts(folder / "shown.bin", shown))
    _save(folder / "scores.npy", np.ascontiguousarray(columns.scores, np.float32))
    _save(folder / "labels.npy", np.ascontiguousarray(columns.labels, np.int32))
    _save(folder / "forms.npy", np.ascontiguousarray(columns.forms, np.uint32))
    _save(folder / "marks.npy", marks)
    _save(folder / "ranges.npy", heavy.ranges[order])
    _save(folder / "tops.npy", heavy.tops[order])


def read_columns(folder: Path) -> Columns:
    """All of a segment, as it was written."""
    segment = Segment(folder)
    keys = [segment.key(row) for row in range(len(segment))]
    shown = [segment.shown(row).encode() for row in range(len(segment))]
    return Columns(keys, shown, np.array(segment.scores), np.array(segment.labels), np.array(segment.forms))


def _by_mark(heavy: Heavy) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    marks = np.array([mark_of(prefix) for prefix in heavy.prefixes], dtype=np.uint64)
    order = np.argsort(marks, kind="stable")
    return order, marks[order]


def _write_texts(path: Path, texts: Sequence[bytes]) -> NDArray[np.unsignedinteger]:
    """Write the texts one behind the other; returns where each starts, and the end."""
    path.write_bytes(b"".join(texts))
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return starts.astype(np.uint32 if starts[-1] < 2**32 else np.uint64)


def _save(path: Path, array: NDArray[Any]) -> None:
    np.save(path, array, allow_pickle=False)


def _map(path: Path) -> Any:
    """The file as bytes that are read when they are needed; an empty file cannot be mapped."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""


__all__ = ["LISTED", "Columns", "Segment", "read_columns", "write_segment"]
