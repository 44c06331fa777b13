"""Queries of a log with how many people typed each, in memory that grows with distinct queries and people only."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_PENDING = 1 << 22
"""Pairs of query and person that wait to be counted."""


class Traffic:
    """Counts as `SEARCH_SCHEMA` tables come: different users of a query; where a row names none, different sessions;
    where it names neither, rows. Queries that differ in case and blanks are one, in small letters."""

    def __init__(self) -> None:
        self._queries: dict[str, int] = {}
        self._people: dict[str, int] = {}
        self._pairs = np.zeros(0, dtype=np.uint64)
        self._pending: list[NDArray[np.uint64]] = []
        self._unnamed = np.zeros(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._queries)

    def add(self, searches: pa.Table) -> None:
        """Count the rows of a table."""
        if not searches.num_rows:
            return
        typed = _numbers(searches["query"], self._queries, folded)
        people = pc.coalesce(
            pc.binary_join_element_wise("u", searches["user_id"], " "),
            pc.binary_join_element_wise("s", searches["session_id"], " "),
        )
        named = np.asarray(pc.is_valid(people), dtype=np.bool_)
        unnamed = np.bincount(typed[~named], minlength=len(self._queries))
        unnamed[: len(self._unnamed)] += self._unnamed
        self._unnamed = unnamed
        if named.any():
            person = _numbers(people.filter(pa.array(named)), self._people)
            self._pending.append(np.unique(typed[named].astype(np.uint64) << np.uint64(32) | person.astype(np.uint64)))
            if sum(map(len, self._pending)) > _PENDING:
                self._merge()

    def by_frequency(self) -> list[tuple[str, float]]:
        """Each query with its count, the most frequent first, then by text."""
        self._merge()
        counts = np.bincount((self._pairs >> np.uint64(32)).astype(np.int64), minlength=len(self._queries))
        counts[: len(self._unnamed)] += self._unnamed
        found = zip(self._queries, counts.tolist(), strict=True)
        return sorted(((query, float(count)) for query, count in found if query), key=lambda row: (-row[1], row[0]))

    def _merge(self) -> None:
        self._pairs = np.unique(np.concatenate([self._pairs, *self._pending]))
        self._pending = []


def folded(query: str) -> str:
    """A query in small letters, with single blanks."""
    return " ".join(query.lower().split())


def _numbers(column: pa.ChunkedArray, known: dict[str, int], form: Callable[[str], str] = str) -> NDArray[np.int64]:
    """The number of each row's text in its form; new ones get new numbers."""
    encoded = column.combine_chunks().dictionary_encode()
    texts = map(form, encoded.dictionary.to_pylist())
    numbers = np.array([known.setdefault(text, len(known)) for text in texts], dtype=np.int64)
    return numbers[np.asarray(encoded.indices)]
