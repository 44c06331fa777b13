"""The index as others use it."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.artifacts.folder import MANIFEST
from tilth.artifacts.index.build import NAME, ROW, add_items, name_of, open_tantivy
from tilth.artifacts.index.config import IndexConfig, check_index
from tilth.artifacts.index.query import Boost, Composer, Expansions, wanted_of
from tilth.artifacts.index.storage import INNER, read_items, read_manifest, vendor_errors
from tilth.errors import ArtifactError
from tilth.records import Entities

DEFAULT = IndexConfig()
SPARE = 8
"""Results fetched beyond those asked for, so that equal scores at the cut are in order of their rows."""


@dataclass(frozen=True)
class Hits:
    """What a search found, best first; equal scores in the order of the rows. `rows` and `scores`: shape (found,)."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float64]
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)


NOTHING = Hits(np.zeros(0, np.int64), np.zeros(0), ())


class SearchIndex:
    """BM25 over the fields of a catalog (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75), opened from a folder.

    Safe to search from several threads.
    """

    def __init__(self, folder: Path, config: IndexConfig, index: Any, items: pa.Table) -> None:
        self.folder, self.config, self.items = folder, config, items
        self._index, self._searcher = index, index.searcher()
        self._composer = Composer(index.schema, config)
        self._ids: list[str] = items["id"].to_pylist()

    @classmethod
    def build(cls, items: Entities, folder: Path, *, config: IndexConfig = DEFAULT) -> "SearchIndex":
        """Index `items` into `folder`, which must be new or empty. Row numbers of hits are those of `items`.

        Raises:
            ArtifactError: the folder holds something, or cannot be written.
            ConfigError: a setting is out of range.
        """
        check_index(config)
        if folder.exists() and any(folder.iterdir()):
            raise ArtifactError(f"{folder}: is not empty\n  hint: name a new folder, or remove this one")
        with vendor_errors(folder, "the index cannot be written"):
            index = open_tantivy(folder, config)
            table = add_items(index, folder, config, None, items, [])
        return cls(folder, config, index, table)

    @classmethod
    def open(cls, folder: Path) -> "SearchIndex":
        """The index in `folder`, as of its last commit.

        Raises:
            ArtifactError: there is none, it is damaged, or of another version.
        """
        manifest = read_manifest(folder)
        if not (folder / INNER).is_dir():
            raise ArtifactError(f"{folder / MANIFEST}: the index itself is missing\n  hint: build the index again")
        with vendor_errors(folder, "is damaged"):
            return cls(folder, manifest.config, open_tantivy(folder, manifest.config), read_items(folder))

    def update(self, items: Entities, *, removed: Iterable[str] = ()) -> "SearchIndex":
        """The index with `items` added, those of a known id replaced, and the ids `removed` no longer found.

        This object goes on answering as before.

        Raises:
            ArtifactError: the folder cannot be written.
        """
        with vendor_errors(self.folder, "the index cannot be written"):
            index = open_tantivy(self.folder, self.config)
            table = add_items(index, self.folder, self.config, self.items, items, list(removed))
        return SearchIndex(self.folder, self.config, index, table)

    def __len__(self) -> int:
        """Items that can be found."""
        return self._searcher.num_docs

    def document_frequency(self, term: str) -> int:
        """Most items that have the term, analyzed, in one of the fields."""
        return max(self._searcher.doc_freq(name, term) for name in self.config.weights())

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        at_least: int | None = None,
        expansions: Expansions | None = None,
        boosts: Sequence[Boost] = (),
    ) -> Hits:
        """The best `k` items for a query: those with at least `at_least` of its terms, one by default.

        Any text is a query: there is no syntax. Of a long one the beginning is searched for. What `expansions` name
        may stand for a term; `boosts` move what was found up.
        """
        wanted = wanted_of(query, self.config, expansions)
        if not wanted or k < 1:
            return NOTHING
        composed = self._composer.compose(wanted, at_least=at_least, boosts=boosts)
        found = self._searcher.search(composed, k + SPARE, count=False).hits
        if not found:
            return NOTHING
        scores = np.array([score for score, _ in found])
        rows = np.array(self._searcher.fast_field_values(ROW, [address for _, address in found]), np.int64)
        order = np.lexsort((rows, -scores))[:k]
        return self._hits(rows[order], scores[order])

    def titled(self, title: str, k: int = 10) -> Hits:
        """At most `k` items of this very title: the same words in the same order. Scores are 0."""
        name = name_of(title)
        if not name or k < 1:
            return NOTHING
        found = self._searcher.search(self._composer.name(NAME, name), k, count=False).hits
        if not found:
            return NOTHING
        rows = np.array(self._searcher.fast_field_values(ROW, [address for _, address in found]), np.int64)
        return self._hits(np.sort(rows), np.zeros(len(rows)))

    def _hits(self, rows: NDArray[np.int64], scores: NDArray[np.float64]) -> Hits:
        return Hits(rows, scores, tuple(self._ids[row] for row in rows.tolist()))

    def search_many(
        self,
        queries: Sequence[str],
        k: int = 10,
        *,
        at_least: int | None = None,
        expansions: Expansions | None = None,
        threads: int = 2,
    ) -> list[Hits]:
        """One result per query, in order."""

        def one(query: str) -> Hits:
            return self.search(query, k, at_least=at_least, expansions=expansions)

        if threads <= 1 or len(queries) < 2 * threads:
            return [one(query) for query in queries]
        with ThreadPoolExecutor(threads, thread_name_prefix="tilth-search") as pool:
            return list(pool.map(one, queries, chunksize=64))
