"""Writing items into an index."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.artifacts.index.analysis import analyze
from tilth.artifacts.index.config import IndexConfig
from tilth.artifacts.index.storage import FORMAT, INNER, Manifest, write_items, write_manifest
from tilth.records import Entities

HEAP_BYTES = 128 * 2**20
ROWS_AT_ONCE = 4096
MAX_NAME = 1_000
MAX_CHARS = 20_000
"""Of a field of an item: what stands behind that is not indexed."""
ROW, ID, NAME = "row", "id", "name"
_OWN = ("id", "title", "text", "category", "type", "created_at")


def open_schema(config: IndexConfig) -> Any:
    """The fields of an index: each holds terms divided by spaces, analyzed before."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field(ID, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(NAME, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field(ROW, fast=True)
    for name in config.weights():
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def name_of(title: str) -> str:
    """A title as a whole, which finds what is called so: its words in order, whatever stands between them."""
    return " ".join(analyze(title[:MAX_CHARS], stemmed=False))[:MAX_NAME]


def open_tantivy(folder: Path, config: IndexConfig) -> Any:
    """The tantivy index within `folder`, made if it is not there."""
    import tantivy

    inner = folder / INNER
    inner.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(open_schema(config), path=str(inner), reuse=True)
    index.register_tokenizer("whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


def add_items(
    index: Any, folder: Path, config: IndexConfig, before: pa.Table | None, items: Entities, removed: list[str]
) -> pa.Table:
    """Add or replace `items`, delete `removed`, commit; returns the new table of rows.

    The rows are written before the commit: an index that is one commit behind never meets a row it does not know.
    """
    import tantivy

    table, rows = _rows(before, items)
    write_items(folder, table)
    write_manifest(folder, Manifest(FORMAT, config, table.num_rows))
    writer = index.writer(HEAP_BYTES, 1)  # one thread: the order of equal scores stays the same from build to build
    known = set[str]() if before is None else set(before[ID].to_pylist())
    for one in [*removed, *(each for each in items.ids.to_pylist() if each in known)]:
        writer.delete_documents_by_term(ID, one)
    for row, fields in zip(rows.tolist(), _documents(items, config), strict=True):
        document = tantivy.Document()
        document.add_unsigned(ROW, row)
        for name, value in fields.items():
            document.add_text(name, value)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return table


def _rows(before: pa.Table | None, items: Entities) -> tuple[pa.Table, NDArray[np.int64]]:
    """The table with `items` in it, and the row of each, shape (items,); a known id keeps its row."""
    fresh = pa.table(
        {
            "id": items.ids,
            "title": items.table["title"],
            "category": items.table["category"] if "category" in items.table.column_names else _empty(len(items)),
        }
    ).combine_chunks()
    if before is None:
        return fresh, np.arange(len(items))
    found = np.asarray(pc.fill_null(pc.index_in(items.ids, value_set=before[ID].combine_chunks()), -1), np.int64)
    new = np.flatnonzero(found < 0)
    source = np.arange(before.num_rows + len(new))
    rows = found.copy()
    rows[new] = before.num_rows + np.arange(len(new))
    both = pa.concat_tables([before, fresh]).combine_chunks()
    source[rows] = before.num_rows + np.arange(len(items))
    return both.take(pa.array(source)), rows


def _documents(items: Entities, config: IndexConfig) -> Iterator[dict[str, str]]:
    """The fields of each item, analyzed."""
    names = items.table.column_names
    further = [name for name in names if name not in _OWN and not name.startswith("_")]
    for start in range(0, len(items), ROWS_AT_ONCE):
        piece = items.table.slice(start, ROWS_AT_ONCE)
        columns = {name: piece[name].to_pylist() for name in names if name != "created_at"}
        for at in range(piece.num_rows):
            values = {name: columns[name][at] for name in ("title", "text", "category", "type") if name in columns}
            values["attributes"] = " ; ".join(_words(columns[name][at]) for name in further)
            yield {
                ID: columns[ID][at],
                NAME: name_of(columns["title"][at] or ""),
                **{
                    name: " ".join(analyze(str(value)[:MAX_CHARS], stemmed=config.stem))
                    for name, value in values.items()
                    if name in config.weights() and value
                },
            }


def _words(value: Any) -> str:
    """An attribute as text; a truth value says nothing without its name."""
    if value is None or isinstance(value, bool):
        return ""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _empty(count: int) -> pa.Array:
    return pa.repeat("", count)
