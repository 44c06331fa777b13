"""Every set of up to four words that some title holds, and how titles hold it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tilth.suggest.sets.encoded import Encoded

MOST_WORDS = 4
WORDS_OF_TITLE = 12
"""Of a title so many words are looked at, the best ones: 793 sets."""
STATISTICS = ("titles", "apart", "mean_apart", "together", "head", "first", "behind")


@dataclass(frozen=True)
class WordSets:
    """n sets of words. `words` (n, 4) int32: their numbers, ascending, -1 behind the last. `keys` (n,) int64: the sum
    of random numbers of its words, ascending; equal for equal sets.

    `statistics` (n, 7) float32, by the names of STATISTICS: how many titles hold the set; the fewest words between its
    words, and the mean; shares of those titles that hold it without a gap, and that hold it with the word that names
    the thing; the earliest place it begins at; how many of its words stand behind the thing's name, on average. All 0
    where no title holds it.
    """

    words: NDArray[np.int32]
    keys: NDArray[np.int64]
    statistics: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many words each set has: (n,)."""
        return (self.words >= 0).sum(axis=1)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "WordSets":
        return WordSets(self.words[rows], self.keys[rows], self.statistics[rows])

    def find(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of each key, -1 where there is none."""
        if not len(self):
            return np.full(len(keys), -1, dtype=np.int64)
        rows = np.minimum(np.searchsorted(self.keys, keys), len(self) - 1)
        return np.where(self.keys[rows] == keys, rows, -1)


def word_marks(count: int) -> NDArray[np.int64]:
    """A random number for each word, the same on every machine; sums of them stand for sets (Zobrist 1970)."""
    return np.random.default_rng(20240613).integers(-(2**60), 2**60, size=count, dtype=np.int64)


def keys_of(words: NDArray[np.int32], marks: NDArray[np.int64]) -> NDArray[np.int64]:
    """The key of each set of `words` (n, 4), -1 where there is no word."""
    return np.where(words >= 0, marks[words], 0).sum(axis=1)


def title_sets(
    titles: Encoded, worth: NDArray[np.float32], marks: NDArray[np.int64], sizes: Sequence[int] = (1, 2, 3, 4)
) -> WordSets:
    """The sets of so many words of `titles`, of each title's WORDS_OF_TITLE words of the highest `worth` (by word).

    Words of a worth of -inf are left out.
    """
    kept, places = _kept(titles, worth)
    return united([WordSets(*_of_size(titles, kept, places, size, marks)) for size in sizes])


def united(parts: Sequence[WordSets]) -> WordSets:
    """All parts, in the order of the keys; of sets that are in several the first stays."""
    keys = np.concatenate([part.keys for part in parts])
    order = np.argsort(keys, kind="stable")
    order = order[_first(keys[order])]
    words, statistics = ([getattr(part, name) for part in parts] for name in ("words", "statistics"))
    return WordSets(np.concatenate(words)[order], keys[order], np.concatenate(statistics)[order])


def _first(ordered: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where in an ordered array a new value begins."""
    return np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(ordered) else ordered


def _kept(titles: Encoded, worth: NDArray[np.float32]) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """By number of words kept: the titles; and for all words whether each is kept: its place, else -1."""
    rows, places, value = titles.rows, titles.places, worth[titles.ids]
    order = np.lexsort((places, -value, rows))
    standing = np.empty(len(rows), dtype=np.int64)
    standing[order] = places  # sorted within their title, words have places 0, 1, ... again
    keep = (standing < WORDS_OF_TITLE) & np.isfinite(value)
    counts = np.bincount(rows[keep], minlength=len(titles))
    groups = [np.flatnonzero(counts == count) for count in range(WORDS_OF_TITLE + 1)]
    return groups, np.where(keep, places, -1)


def _of_size(
    titles: Encoded, groups: list[NDArray[np.int64]], places: NDArray[np.int64], size: int, marks: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float32]]:
    parts = list[tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int8]]]()
    rows = titles.rows
    for count, group in enumerate(groups):
        if count < size or not len(group):
            continue
        chosen = np.zeros(len(titles), dtype=bool)
        chosen[group] = True
        at = np.flatnonzero((places >= 0) & chosen[rows])
        ids, place = titles.ids[at].reshape(-1, count), places[at].reshape(-1, count)
        parts.append(_sets(ids, place, titles.heads[group], size, marks))
    if not parts:
        return np.empty((0, MOST_WORDS), np.int32), np.empty(0, np.int64), np.empty((0, len(STATISTICS)), np.float32)
    words, keys, seen = zip(*parts, strict=True)
    return _counted(np.concatenate(words), np.concatenate(keys), np.concatenate(seen))


def _sets(
    ids: NDArray[np.int32], places: NDArray[np.int64], heads: NDArray[np.int32], size: int, marks: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int8]]:
    """All sets of `size` of the words of titles with equally many words: words, keys, and what is to be added up."""
    chosen = np.array(list(combinations(range(ids.shape[1]), size)), dtype=np.int64)
    words, place = ids[:, chosen], places[:, chosen].astype(np.int8)
    keys = marks[ids][:, chosen].sum(axis=2)
    apart = place[:, :, -1] - place[:, :, 0] - np.int8(size - 1)
    head = heads.astype(np.int8)[:, None, None]
    seen = np.stack([apart, (place == head).any(axis=2), place[:, :, 0], (place > head).sum(axis=2)], axis=2)
    return words.reshape(-1, size), keys.ravel(), seen.reshape(-1, 4).astype(np.int8)


def _counted(
    words: NDArray[np.int32], keys: NDArray[np.int64], seen: NDArray[np.int8]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float32]]:
    """Each set once, with its statistics over the titles that hold it."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = _first(ordered)
    titles = np.diff(np.concatenate([starts, [len(keys)]]))
    apart, head, first, behind = (seen[order, column] for column in range(4))
    summed = [np.add.reduceat(part.astype(np.int32), starts) / titles for part in (apart, apart == 0, head, behind)]
    statistics = np.empty((len(starts), len(STATISTICS)), dtype=np.float32)
    statistics[:, 0], statistics[:, 1] = titles, np.minimum.reduceat(apart, starts)
    statistics[:, 2], statistics[:, 3], statistics[:, 4], statistics[:, 6] = summed
    statistics[:, 5] = np.minimum.reduceat(first, starts)
    distinct = np.full((len(starts), MOST_WORDS), -1, dtype=np.int32)
    distinct[:, : words.shape[1]] = np.sort(words[order[starts]], axis=1)
    return distinct, ordered[starts], statistics
