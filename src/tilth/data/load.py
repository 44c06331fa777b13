"""From the user's files to items, contexts and pairs, column by column as the configuration maps them."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tilth.data.assemble import Unique, constant, distinct, read_table, refuse_hidden
from tilth.data.columns import Columns
from tilth.data.config import EntitySource, PairSource
from tilth.data.files import resolve_path
from tilth.data.read import read_batches
from tilth.data.rejects import Rejects
from tilth.data.times import TimeReader
from tilth.records import Entities, Pairs, Role

LEVELS = " > "
"""Between the levels of a category path."""


def load_entities(source: EntitySource, role: Role, *, base: Path, rejects: Rejects, max_rejected: float) -> Entities:
    """Read items or contexts; a repeated id rejects the later row unless `source.repeated`.

    With `source.category` the table has a further column `category` (string, empty where there is none; levels are
    joined by " > "), with `source.created_at` one `created_at` (microseconds in UTC, null where there is no time). A
    time that cannot be read is null too: the row is kept, and the value stands in `rejects.left_out`.

    Raises:
        ConfigError: `source.keep` names a column whose name a field has that is made of others.
        DataError: the file cannot be used, or more than `max_rejected` of its rows.
    """
    path = resolve_path(source.path, base)
    title = [source.title] if source.title else []
    text_as_is = source.text if len(source.text) == 1 else []
    category = [source.category] if source.category else []
    created = [source.created_at] if source.created_at else []
    own = {"id": [source.id], "title": title, "text": text_as_is}
    # A field that is not configured is none, so a column of its name may be carried along.
    own |= {name: field for name, field in (("category", category), ("created_at", created)) if field}
    refuse_hidden(source.keep, own, f"[data] {role}s:")
    wanted = distinct([source.id, *title, *source.text, *category, *created, *source.keep])
    seen: set[str] = set()
    times = TimeReader()

    def convert(columns: Columns) -> pa.Table:
        ids = columns.identifier(source.id)
        if source.repeated:
            columns.merge_known(ids, seen)
        fields = {
            "id": ids,
            "title": columns.text(source.title) if source.title else constant("", len(ids)),
            "text": _joined(columns, source.text),
        }
        if source.category:
            fields["category"] = _paths(columns.trimmed(source.category), source.category_separator)
        if source.created_at:
            fields["created_at"] = _times(columns, source.created_at, times)
        kept = {name: columns.raw(name) for name in source.keep if name not in fields}
        return columns.keep({**fields, **kept})

    unique = None if source.repeated else Unique(("id",), source.id, "the id")
    table, rows = read_table(path, wanted, [source.id], convert, rejects, max_rejected, unique)
    return Entities(role, table, rows)


def load_pairs(source: PairSource, *, base: Path, rejects: Rejects, max_rejected: float) -> Pairs:
    """Read pairs; one that stood before is rejected.

    Raises:
        ConfigError: `source.keep` names a column `weight` that is not the weight.
        DataError: the file cannot be used, or more than `max_rejected` of its rows.
    """
    path = resolve_path(source.path, base)
    wanted = _pair_columns(source)
    table, rows = read_table(
        path,
        wanted,
        [source.context_id, source.item_id],
        lambda columns: columns.keep(_pair_fields(columns, source)),
        rejects,
        max_rejected,
        Unique(("context_id", "item_id"), source.item_id, "the pair"),
    )
    return Pairs(table, rows)


def stream_pairs(source: PairSource, *, base: Path, rejects: Rejects) -> Iterator[Pairs]:
    """Read pairs batch by batch, in bounded memory; repeated pairs pass.

    Raises:
        ConfigError: `source.keep` names a column `weight` that is not the weight.
        DataError: the file cannot be used.
    """
    path = resolve_path(source.path, base)
    for batch in read_batches(path, _pair_columns(source), rejects, ids=[source.context_id, source.item_id]):
        columns = Columns(path, batch, rejects)
        table = columns.keep(_pair_fields(columns, source))
        yield Pairs(table, batch.rows[columns.usable])


def _pair_columns(source: PairSource) -> list[str]:
    weight = [source.weight] if source.weight else []
    own = {"context_id": [source.context_id], "item_id": [source.item_id], "weight": weight}
    refuse_hidden(source.keep, own, "[data.pairs]")
    return distinct([source.context_id, source.item_id, *weight, *source.keep])


def _pair_fields(columns: Columns, source: PairSource) -> dict[str, pa.Array]:
    fields = {
        "context_id": columns.identifier(source.context_id),
        "item_id": columns.identifier(source.item_id),
        "weight": pc.fill_null(columns.number(source.weight, low=0.0), 1.0),
    }
    for name in source.keep:
        fields.setdefault(name, columns.raw(name))
    return fields


def _paths(text: pa.Array, separator: str | None) -> pa.Array:
    """Category paths with their levels trimmed, those that are empty left out, and joined by `LEVELS`."""
    if not separator:
        return text
    again = text.dictionary_encode()
    levels = ([level.strip() for level in path.split(separator)] for path in again.dictionary.to_pylist())
    paths = pa.array([LEVELS.join(level for level in path if level) for path in levels], pa.string())
    return paths.take(again.indices)


def _times(columns: Columns, column: str, reader: TimeReader) -> pa.Array:
    times = reader.read(columns.text(column))
    columns.leave_out(times.unread, column, "is not a time that can be read")
    return times.ts


def _joined(columns: Columns, names: list[str]) -> pa.Array:
    """The texts, a line for each that is not empty."""
    joined = constant("", len(columns.batch.rows))
    for name in names:
        # Pair by pair: Arrow's join with null_handling="skip" loses the rows where all texts are null.
        text = columns.text(name)
        both = pc.binary_join_element_wise(joined, text, "\n")
        joined = pc.if_else(pc.equal(joined, ""), text, pc.if_else(pc.equal(text, ""), joined, both))
    return joined
