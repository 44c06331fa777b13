"""One spelling for queries that mean the same words."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.artifacts.index import analyze

MAX_CHARS = 1_000
"""Of a query: what stands behind that is cut off."""
_REMEMBERED = 1_000_000


def normal_form(query: str) -> str:
    """The terms that the query is searched for by, in order, one space apart; "" where it has none.

    They are in lower case without accents (Unicode's compatibility form), numbers and units in one form, words without
    the endings of plurals, -ing and -ed: "Drills " and "drill" are the same query.
    """
    return " ".join(analyze(query[:MAX_CHARS]))


class Normalizer:
    """`normal_form` of whole columns; remembers what it has seen, up to a bound. Safe from several threads."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, queries: pa.Array) -> pa.Array:
        """The normal form of each string, a string array of the same length."""
        encoded = queries.dictionary_encode()
        forms = pa.array([self._form(query) for query in encoded.dictionary.to_pylist()], pa.string())
        return forms.take(encoded.indices)

    def _form(self, query: str) -> str:
        form = self._known.get(query)
        if form is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            form = self._known[query] = normal_form(query)
        return form


def coded(strings: pa.Array | pa.ChunkedArray) -> tuple[NDArray[np.int32], pa.Array]:
    """A code for each string, shape (len(strings),), -1 for null, and the distinct strings by code."""
    array = strings.combine_chunks() if isinstance(strings, pa.ChunkedArray) else strings
    encoded = array.dictionary_encode()
    return np.asarray(pc.fill_null(encoded.indices, -1), np.int32), encoded.dictionary
