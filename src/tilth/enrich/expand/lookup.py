"""Frequent queries with what they ask for, as a table to be loaded elsewhere."""

import io
from typing import Any, Literal

import msgspec
import pyarrow as pa
import pyarrow.csv
from pyarrow import parquet

from tilth.artifacts.understanding import Understander

LookupFormat = Literal["csv", "jsonl", "parquet"]

EXPANSION = pa.struct(
    [
        pa.field("text", pa.string(), nullable=False),
        pa.field("weight", pa.float64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("field", pa.string()),
        pa.field("rule_id", pa.string(), nullable=False),
        pa.field("provenance", pa.string(), nullable=False),
    ]
)
ATTRIBUTE = pa.struct([pa.field("name", pa.string(), nullable=False), pa.field("value", pa.string(), nullable=False)])
LOOKUP_SCHEMA = pa.schema(
    [
        pa.field("query", pa.string(), nullable=False),
        pa.field("normal", pa.string(), nullable=False),
        pa.field("people", pa.float64(), nullable=False),
        pa.field("category", pa.string()),
        pa.field("p", pa.float64()),
        pa.field("source", pa.string()),
        pa.field("attributes", pa.list_(ATTRIBUTE), nullable=False),
        pa.field("expansions", pa.list_(EXPANSION), nullable=False),
    ]
)
"""A row a query. `normal` is what a query is looked up by; `people` how many typed it; `source` who says what the
category is. In CSV `attributes` and `expansions` are JSON."""
_NESTED = ("attributes", "expansions")


def lookup_table(understander: Understander) -> pa.Table:
    """The rows of `LOOKUP_SCHEMA`, the most frequent query first."""
    return pa.Table.from_pylist([_row(understander, normal) for normal in understander.table], schema=LOOKUP_SCHEMA)


def lookup_bytes(table: pa.Table, format: LookupFormat) -> bytes:
    """The table as a file; the same table gives the same bytes."""
    if format == "jsonl":
        return b"".join(msgspec.json.encode(row) + b"\n" for row in table.to_pylist())
    if format == "csv":
        for name in _NESTED:
            texts = [msgspec.json.encode(value).decode() for value in table[name].to_pylist()]
            table = table.set_column(table.column_names.index(name), name, pa.array(texts, pa.string()))
        file = io.BytesIO()
        pyarrow.csv.write_csv(table, file)
        return file.getvalue()
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def _row(understander: Understander, normal: str) -> dict[str, Any]:
    head = understander.table[normal]
    found = understander.understand(head.query)
    return {
        "query": head.query,
        "normal": normal,
        "people": head.people,
        "category": found.category and found.category.name,
        "p": found.category and found.category.p,
        "source": found.category and found.category.source,
        "attributes": [{"name": name, "value": value} for name, value in found.attributes.items()],
        "expansions": [msgspec.to_builtins(one) for one in found.expansions],
    }
