"""The words of all suggestions as a tree, searched for what a misspelled word may have meant.

The tree is walked level by level, all branches of a level at once, with a row of the edit-distance table for each; a
branch ends where no cell of its row is small enough (Oflazer 1996, on arrays). A swap of two neighbours counts as one
edit (optimal string alignment).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAX_WORD = 32
"""Longer words are not in the tree."""
MOST = 24
"""Corrections of one word that are looked at, the nearest and then the most frequent first."""
_ARRAYS = ("letters", "children", "best", "weights", "parents")


@dataclass(frozen=True)
class Near:
    """A word, or the beginning of some, `edits` away from what was typed."""

    text: str
    edits: int


class Words:
    """Nodes in the order of their depth, the children of a node side by side. Arrays have a row for each node:
    `letters`, `children` (first, and the one behind the last), `parents`, `weights` (of the word that ends there, 0 if
    none does) and `best` (highest weight below)."""

    def __init__(self, folder: Path) -> None:
        # Plain views: indexing is slower where an array knows that it is a file.
        arrays = {
            name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)) for name in _ARRAYS
        }
        self._letters: NDArray[np.int32] = arrays["letters"]
        self._children: NDArray[np.int32] = arrays["children"]
        self._best: NDArray[np.float32] = arrays["best"]
        self._weights: NDArray[np.float32] = arrays["weights"]
        self._parents: NDArray[np.int32] = arrays["parents"]

    def knows(self, word: str, *, whole: bool) -> bool:
        """Whether it is a word (if `whole`; else the beginning of one)."""
        node, letters = 0, self._letters
        if not word or not len(letters):
            return False
        for letter in word:
            low, high = self._children[node].tolist()
            place = low + int(np.searchsorted(letters[low:high], ord(letter)))
            if place >= high or letters[place] != ord(letter):
                return False
            node = place
        return not whole or bool(self._weights[node] > 0)

    def near(self, typed: str, edits: int, *, whole: bool) -> list[Near]:
        """Words (if `whole`; else beginnings of words) at most `edits` from `typed`, the nearest first, and of equally
        near ones those of the highest weight: at most MOST."""
        size = len(typed)
        if not size or size > MAX_WORD or not len(self._letters):
            return []
        wanted = np.fromiter(map(ord, typed), np.int32, size)
        nodes = np.zeros(1, dtype=np.int64)
        rows = np.arange(size + 1, dtype=np.int8)[None, :]
        before, letters_before = rows, np.zeros(1, dtype=np.int32)
        found = [self._ends(nodes, rows[:, size], edits, whole)]
        for _ in range(size + edits):
            nodes, origin = self._below(nodes)
            if not len(nodes):
                break
            letters = self._letters[nodes]
            grown = _grow(wanted, letters, rows[origin], before[origin], letters_before[origin])
            alive = grown.min(axis=1) <= edits
            before, letters_before = rows[origin][alive], letters[alive]
            nodes, rows = nodes[alive], grown[alive]
            found.append(self._ends(nodes, rows[:, size], edits, whole))
        return self._ranked(found, whole)

    def _below(self, nodes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All children, and the place in `nodes` of each one's parent."""
        first, behind = self._children[nodes].T.astype(np.int64)
        counts = behind - first
        origin = np.repeat(np.arange(len(nodes)), counts)
        offset = np.arange(len(origin)) - np.repeat(np.cumsum(counts) - counts, counts)
        return first[origin] + offset, origin

    def _ends(
        self, nodes: NDArray[np.int64], distance: NDArray[np.int8], edits: int, whole: bool
    ) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
        good = distance <= edits
        if whole:
            good &= self._weights[nodes] > 0
        return nodes[good], distance[good]

    def _ranked(self, found: list[tuple[NDArray[np.int64], NDArray[np.int8]]], whole: bool) -> list[Near]:
        nodes = np.concatenate([some for some, _ in found])
        distance = np.concatenate([some for _, some in found])
        weight = (self._weights if whole else self._best)[nodes]
        order = np.lexsort((nodes, -weight, distance))[:MOST]
        return [Near(self._text(int(nodes[i])), int(distance[i])) for i in order]

    def _text(self, node: int) -> str:
        letters = list[str]()
        while node:
            letters.append(chr(self._letters[node]))
            node = int(self._parents[node])
        return "".join(reversed(letters))


def _grow(
    wanted: NDArray[np.int32],
    letters: NDArray[np.int32],
    rows: NDArray[np.int8],
    before: NDArray[np.int8],
    letters_before: NDArray[np.int32],
) -> NDArray[np.int8]:
    """The next rows of the edit-distance tables: (nodes, typed + 1)."""
    grown = np.empty_like(rows)
    grown[:, 0] = rows[:, 0] + 1
    differs = (wanted[None, :] != letters[:, None]).astype(np.int8)
    crossed = np.zeros_like(differs, dtype=bool)
    crossed[:, 1:] = (wanted[None, :-1] == letters[:, None]) & (wanted[None, 1:] == letters_before[:, None])
    for place in range(1, rows.shape[1]):
        cell = np.minimum(rows[:, place - 1] + differs[:, place - 1], rows[:, place] + 1)
        np.minimum(cell, grown[:, place - 1] + 1, out=cell)
        if place > 1:
            swap = before[:, place - 2] + 1
            np.copyto(cell, swap, where=crossed[:, place - 1] & (swap < cell))
        grown[:, place] = cell
    return grown


def write_words(folder: Path, weights: Mapping[str, float]) -> None:
    """Write the tree of these words into a new folder."""
    folder.mkdir(parents=True)
    words = sorted(word for word in weights if 0 < len(word) <= MAX_WORD)
    for name, array in _tree(words, weights).items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def _tree(words: list[str], weights: Mapping[str, float]) -> dict[str, NDArray[np.generic]]:
    size = max(map(len, words), default=0)
    table = np.array(words, dtype=f"U{max(size, 1)}").view(np.uint32).reshape(len(words), max(size, 1)).astype(np.int32)
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    weight = np.fromiter((weights[word] for word in words), np.float32, len(words))
    letters, parents, ends, best = [np.zeros(1, np.int32)], [np.full(1, -1, np.int32)], [np.zeros(1)], [np.zeros(1)]
    first, behind = list[NDArray[np.int64]](), list[NDArray[np.int64]]()
    node_of, total = np.zeros(len(words), dtype=np.int64), 1  # the node above, by word
    level = 1  # nodes on the level above
    if len(words):
        best[0] = np.array([weight.max()])
    for depth in range(size):
        long = np.flatnonzero(lengths > depth)
        above, letter = node_of[long], table[long, depth]
        new = np.ones(len(long), dtype=bool)
        new[1:] = (above[1:] != above[:-1]) | (letter[1:] != letter[:-1])
        starts = np.flatnonzero(new)
        parent = above[starts]
        first.append(total + np.searchsorted(parent, np.arange(total - level, total)))
        behind.append(total + np.searchsorted(parent, np.arange(total - level, total), side="right"))
        node = total + np.cumsum(new) - 1
        ended = np.zeros(len(starts))
        done = lengths[long] == depth + 1
        ended[node[done] - total] = weight[long[done]]
        letters.append(letter[starts])
        parents.append(parent.astype(np.int32))
        ends.append(ended)
        best.append(np.maximum.reduceat(weight[long], starts))
        node_of[long] = node
        total, level = total + len(starts), len(starts)
    first.append(np.full(level, total))
    behind.append(np.full(level, total))
    return {
        "letters": np.concatenate(letters).astype(np.int32),
        "parents": np.concatenate(parents).astype(np.int32),
        "weights": np.concatenate(ends).astype(np.float32),
        "best": np.concatenate(best).astype(np.float32),
        "children": np.stack([np.concatenate(first), np.concatenate(behind)], axis=1).astype(np.int32),
    }


def count_words(keys: Iterable[bytes]) -> Counter[str]:
    """How many keys have each word."""
    return Counter(word for key in keys for word in key.decode().split(" "))
