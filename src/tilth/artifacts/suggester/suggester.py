"""The suggester as others use it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import merge
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.suggester.heavy import best_distinct
from tilth.artifacts.suggester.keys import key_of, key_text
from tilth.artifacts.suggester.ranker import CANDIDATES, Ranker
from tilth.artifacts.suggester.rows import columns_of, joined
from tilth.artifacts.suggester.segment import LISTED, Columns, Segment, read_columns
from tilth.artifacts.suggester.spelling import corrections
from tilth.artifacts.suggester.storage import (
    FORMAT,
    Manifest,
    add_segment,
    read_manifest,
    suggester_errors,
    words_of,
    write_manifest,
)
from tilth.artifacts.suggester.suggested import Suggested
from tilth.artifacts.suggester.words import Words
from tilth.records import Suggestions

MERGE_SHARE = 0.1
"""Once more than this share of the base was added or hidden, all is written anew."""


class Suggester:
    """Suggestions by prefix, from a folder that all workers of a server map into memory. Safe from any thread."""

    def __init__(self, folder: Path) -> None:
        """Open a suggester as it is now.

        Raises:
            ArtifactError: there is none, it is damaged, or of another version.
        """
        manifest = read_manifest(folder)
        with suggester_errors(folder, "is damaged"):
            self._segments = [Segment(folder / Path(name).name) for name in manifest.segments]
            self._words = tuple(Words(words_of(folder, name)) for name in manifest.segments)
        self.folder, self.sources, self.categories = folder, manifest.sources, manifest.categories
        self._hidden = [frozenset(manifest.hidden), *(frozenset[int]() for _ in manifest.segments[1:])]
        self.ranker = Ranker.load(folder / Path(manifest.ranker).name) if manifest.ranker else None
        self.version = "+".join([*manifest.segments, *filter(None, [manifest.ranker.removesuffix(".json")])])

    @classmethod
    def build(cls, suggestions: Suggestions, folder: Path) -> "Suggester":
        """Write all suggestions that are not rejected; of those with one key the highest score stays.

        Raises:
            ArtifactError: the folder cannot be written.
        """
        with suggester_errors(folder, "the suggester cannot be written"):
            folder.mkdir(parents=True, exist_ok=True)
            columns, sources, categories = columns_of(suggestions, [], [])
            name = add_segment(folder, columns)
            write_manifest(folder, Manifest(FORMAT, [name], [], sources, categories))
        return cls(folder)

    def update(self, suggestions: Suggestions, *, removed: Iterable[str] = ()) -> "Suggester":
        """The suggester with these added, those of a known key replaced, and the queries `removed` gone.

        This object goes on answering as before. The cost grows with what is added, not with what is there, until a
        tenth of all has changed.

        Raises:
            ArtifactError: the folder cannot be written.
        """
        folder = self.folder
        with suggester_errors(folder, "the suggester cannot be written"):
            manifest = read_manifest(folder)
            base = Segment(folder / manifest.segments[0])
            columns, sources, categories = columns_of(suggestions, manifest.sources, manifest.categories)
            gone = {key_of(query) for query in removed}
            for name in manifest.segments[1:]:
                columns = joined(read_columns(folder / name), columns, without=gone)
            hidden = {row for key in (*columns.keys, *gone) if (row := base.find(key)) >= 0} | set(manifest.hidden)
            if len(columns.keys) + len(hidden) > MERGE_SHARE * len(base):
                whole = joined(_without(read_columns(folder / manifest.segments[0]), hidden), columns)
                segments, hidden = [add_segment(folder, whole)], set[int]()
            else:
                segments = [manifest.segments[0], add_segment(folder, columns)]
            write_manifest(folder, Manifest(FORMAT, segments, sorted(hidden), sources, categories, manifest.ranker))
        return Suggester(folder)

    def with_ranker(self, ranker: Ranker | None) -> "Suggester":
        """The suggester with this order of what it offers, or with that of the scores. This object stays as it is.

        Raises:
            ArtifactError: the folder cannot be written.
        """
        if ranker == self.ranker:
            return self
        with suggester_errors(self.folder, "the suggester cannot be written"):
            if ranker is not None:
                (self.folder / ranker.name).write_bytes(ranker.to_bytes())
            name = ranker.name if ranker is not None else ""
            write_manifest(self.folder, msgspec.structs.replace(read_manifest(self.folder), ranker=name))
        return Suggester(self.folder)

    def __len__(self) -> int:
        return sum(len(one) for one in self._segments) - sum(len(one) for one in self._hidden)

    def complete(
        self, typed: str, k: int = 10, *, fuzzy: bool = True, boosts: Mapping[str, float] | None = None
    ) -> list[Suggested]:
        """The `k` best suggestions that begin with `typed`, of those with one normal form the best alone; where there
        are none, those that begin with something one edit away, then two.

        `boosts` are added to the scores of suggestions of a category, among the 24 best of the prefix. Where there are
        none, a ranker puts these 24 in its own order; what is one edit away stands by its score.
        """
        text = key_text(typed)
        key = text.encode("utf-8", "replace")
        if self.ranker is None or boosts or not text:
            found = list(self._top(key, k, 0, boosts).values())
        else:
            found = list(self._top(key, max(k, CANDIDATES), 0, None).values())
            found = [*self.ranker.order(typed, found[:CANDIDATES]), *found[CANDIDATES:]][:k]
        if found or not fuzzy or not text.strip():
            return found
        for edits in (1, 2):
            seen = dict[int, Suggested]()
            for prefix in corrections(text, edits, self._words, self._has):
                for form, one in self._top(prefix, k, edits, boosts).items():
                    seen.setdefault(form, one)
                if len(seen) >= k:
                    break
            if seen:
                return list(seen.values())[:k]
        return []

    def sources_of(self) -> dict[str, set[str]]:
        """By category: where its suggestions come from, those of hidden rows included."""
        found = dict[str, set[str]]()
        for segment in self._segments:
            pairs = segment.labels[:, 1].astype(np.int64) * len(self.sources) + segment.labels[:, 0]
            for pair in np.unique(pairs).tolist():
                category, source = divmod(pair, len(self.sources))
                found.setdefault(self.categories[category], set()).add(self.sources[source])
        return found

    def rows_of(self, categories: Collection[str]) -> list[NDArray[np.int64]]:
        """Sorted rows of each segment whose suggestions are of these categories: what `best_of` looks at."""
        wanted = np.array([name in categories for name in self.categories], dtype=bool)
        return [np.flatnonzero(wanted[segment.labels[:, 1]]) for segment in self._segments]

    def best_of(self, typed: str, rows: Sequence[NDArray[np.int64]], k: int) -> list[Suggested]:
        """The `k` best suggestions that begin with `typed`, of those in `rows_of` some categories: however many better
        ones of others share the prefix."""
        key = key_text(typed).encode("utf-8", "replace")
        lists = list[list[tuple[int, Suggested]]]()
        for segment, hidden, some in zip(self._segments, self._hidden, rows, strict=True):
            low, high = segment.range(key)
            first, behind = np.searchsorted(some, (low, high)).tolist()
            here = some[first:behind]
            best = best_distinct(here.data, segment.scores[here], segment.forms[here], k, hidden)
            lists.append(self._rows(segment, best, 0, None))
        return list(_first(lists, k).values())

    def _has(self, prefix: bytes) -> bool:
        return any(
            segment.top(prefix, 1, hidden) if hidden else segment.has(prefix)
            for segment, hidden in zip(self._segments, self._hidden, strict=True)
        )

    def _top(self, prefix: bytes, k: int, edits: int, boosts: Mapping[str, float] | None) -> dict[int, Suggested]:
        """The `k` best, best first, by form."""
        wanted = max(k, LISTED) if boosts else k
        lists = [
            self._rows(segment, segment.top(prefix, wanted, hidden), edits, boosts)
            for segment, hidden in zip(self._segments, self._hidden, strict=True)
        ]
        return _first([sorted(some, key=_rank) for some in lists] if boosts else lists, k)

    def _rows(
        self, segment: Segment, rows: Sequence[int], edits: int, boosts: Mapping[str, float] | None
    ) -> list[tuple[int, Suggested]]:
        return [(segment.form(row), self._row(segment, row, edits, boosts)) for row in rows]

    def _row(self, segment: Segment, row: int, edits: int, boosts: Mapping[str, float] | None) -> Suggested:
        source, category = segment.labels[row].tolist()
        name = self.categories[category]
        score = segment.score(row) + (boosts.get(name, 0.0) if boosts else 0.0)
        return Suggested(segment.shown(row), score, self.sources[source], name, edits)


def _rank(one: tuple[int, Suggested]) -> tuple[float, str]:
    return -one[1].score, one[1].query


def _first(lists: Sequence[list[tuple[int, Suggested]]], k: int) -> dict[int, Suggested]:
    """The `k` best of lists that are in order, best first: of each form the first."""
    found = dict[int, Suggested]()
    for form, one in lists[0] if len(lists) == 1 else merge(*lists, key=_rank):
        if len(found) == k:
            break
        found.setdefault(form, one)
    return found


def _without(columns: Columns, rows: set[int]) -> Columns:
    keep = np.array([row not in rows for row in range(len(columns.keys))], dtype=bool)
    places = np.flatnonzero(keep).tolist()
    return Columns(
        [columns.keys[i] for i in places],
        [columns.shown[i] for i in places],
        columns.scores[keep],
        columns.labels[keep],
        columns.forms[keep],
    )
