"""Candidates: suggestions on their way through the step, one row per normal form."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.artifacts.suggester import normal_form
from tilth.records import SUGGESTION_SCHEMA

MAX_CHARS = 1_000
CANDIDATE_SCHEMA = SUGGESTION_SCHEMA.append(pa.field("popularity", pa.float64()))
"""`SUGGESTION_SCHEMA`, and how often people searched for it of late: one search a person and day, halved with its age;
null where no log says."""
SOURCES = ("log", "title", "facet", "rule", "llm")
"""Kinds of sources, the most trusted first."""
SYNTHETIC = ("facet", "rule", "llm")
"""Kinds of sources that no person typed or titled."""
_SUMMED = ("users", "searches", "successes", "popularity")


def kind_of(source: str) -> str:
    """`llm:gpt` is of kind `llm`."""
    return source.partition(":")[0]


def candidates(source: str, queries: Sequence[str], columns: Mapping[str, Any] | None = None) -> pa.Table:
    """A table of CANDIDATE_SCHEMA, score 0, of all `queries` that have a word; `columns` has values for its others.

    One row per normal form: the first of each is kept.
    """
    normals = [normal_form(query[:MAX_CHARS]) for query in queries]
    first = dict[str, int]()
    for row, normal in enumerate(normals):
        if normal:
            first.setdefault(normal, row)
    given = {
        "query": queries,
        "normal": normals,
        "source": pa.repeat(source, len(queries)),
        "score": np.zeros(len(queries)),
        "synthetic": pa.repeat(kind_of(source) in SYNTHETIC, len(queries)),
        **(columns or {}),
    }
    return table_of(given, len(queries)).take(pa.array(list(first.values()), pa.int64()))


def table_of(columns: Mapping[str, Any], rows: int) -> pa.Table:
    """A table of CANDIDATE_SCHEMA with null in the columns that are not given."""
    arrays = [
        _array(columns[field.name], field.type) if field.name in columns else pa.nulls(rows, field.type)
        for field in CANDIDATE_SCHEMA
    ]
    return pa.table(arrays, schema=CANDIDATE_SCHEMA)


def merged(tables: Sequence[pa.Table]) -> pa.Table:
    """One row per normal form: the one of the most trusted source that may be shown, with what others know of it.

    Numbers of the log, categories, languages and items are filled in from the other rows; `synthetic` is what no
    source heard or read from people.
    """
    table = pa.concat_tables([CANDIDATE_SCHEMA.empty_table(), *tables]).combine_chunks()
    if not table.num_rows:
        return table
    code, _ = coded(table["normal"])
    trust = np.array([SOURCES.index(kind_of(source)) for source in table["source"].to_pylist()])
    refused = np.asarray(pc.is_valid(table["rejected"]), np.bool_)
    table, code = _taken(table, code, np.lexsort((trust, refused, code)))
    first = np.flatnonzero(np.diff(code, prepend=-1))
    base = table.take(pa.array(first))
    columns: dict[str, Any] = {name: base[name] for name in CANDIDATE_SCHEMA.names}
    for name in ("category", "language", "items", "item_ids", "last_ts", *_SUMMED):
        columns[name] = _first_known(table[name], code, first)
    people = ~np.asarray(table["synthetic"], np.bool_)
    columns["synthetic"] = ~np.logical_or.reduceat(people, first)
    return table_of(columns, len(first))


def coded(strings: pa.Array | pa.ChunkedArray) -> tuple[NDArray[np.int64], pa.Array]:
    """A code for each string, shape (len(strings),), -1 for null, and the distinct strings by code."""
    whole = strings.combine_chunks() if isinstance(strings, pa.ChunkedArray) else strings
    encoded = whole.dictionary_encode()
    return np.asarray(pc.fill_null(encoded.indices, -1), np.int64), encoded.dictionary


def _first_known(column: pa.ChunkedArray, code: NDArray[np.int64], first: NDArray[np.int64]) -> pa.ChunkedArray:
    """Of each group of rows the first value that is not null, where there is one."""
    known = np.asarray(pc.is_valid(column), np.bool_)
    rows = np.flatnonzero(known)
    at = np.searchsorted(code[rows], code[first])
    inside = (
        (at < len(rows)) & (code[rows[np.minimum(at, max(len(rows) - 1, 0))]] == code[first]) if len(rows) else None
    )
    places = (
        np.where(inside, rows[np.minimum(at, len(rows) - 1)], -1) if inside is not None else np.full(len(first), -1)
    )
    return column.take(pa.array(places, mask=places < 0))


def _taken(table: pa.Table, code: NDArray[np.int64], order: NDArray[np.int64]) -> tuple[pa.Table, NDArray[np.int64]]:
    return table.take(pa.array(order)), code[order]


def _array(values: Any, kind: pa.DataType) -> Any:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values.cast(kind)
    return pa.array(values, kind)
