"""What was read and what the catalog holds: what is asked about, put together, and where the two disagree."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tilth.apps.project.enriching.resolving import stored_resolutions
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.stored import attributes_of, attributes_path, read_path
from tilth.config import existing_columns_of
from tilth.data import read_parquet, write_parquet
from tilth.data.cells import as_cell, from_cell
from tilth.data.write import write_bytes
from tilth.enrich import AttributeConfig, EnrichConfig, Way
from tilth.enrich.schema import arrow_schema
from tilth.enrich.values import (
    ANSWERS,
    ASKED,
    CONFLICT_FIELDS,
    Conflict,
    Existing,
    Merged,
    Unsure,
    existing_values,
    merge,
    names_to_ask,
    read_schema,
)
from tilth.records import Entities, Role

CONFLICTS, UNSURE = "conflicts.csv", "unsure.csv"
UNSURE_FIELDS = ("role", "id", "attribute", "value", "confidence")


def way_of(config: EnrichConfig) -> Way:
    """How `[enrich]` has each text asked about."""
    return Way(config.max_chars, config.repeats, config.repeat_temperature, config.ask_confidence)


def existing_of(role: Role, inputs: Inputs, entities: Entities) -> dict[str, Existing]:
    """By attribute, what the catalog holds of `entities`."""
    attributes = attributes_of(inputs.config.enrich, role)
    columns = existing_columns_of(inputs.config, role)
    return {name: existing_values(attributes[name], entities.table[column]) for name, column in columns.items()}


def table_to_ask(role: Role, inputs: Inputs, entities: Entities) -> pa.Table:
    """The texts of `entities`, and where the catalog holds attributes, which of them each lacks."""
    table = entities.table.select(["id", "title", "text"])
    existing = existing_of(role, inputs, entities)
    if not existing:
        return table
    attributes = attributes_of(inputs.config.enrich, role)
    table = table.append_column(ASKED, names_to_ask(attributes, existing, len(entities)))
    return table.filter(pc.greater(pc.list_value_length(table[ASKED]), 0))


def stored_read(work: Path, role: Role, attributes: Mapping[str, AttributeConfig]) -> pa.Table | None:
    """What earlier runs read of these attributes, as `read_schema`; None where they read none, or others."""
    schema, path = read_schema(attributes), read_path(work, role)
    if path.exists():
        table = read_parquet(path)
        return table if table.schema.equals(schema) else None
    before = attributes_path(work, role)  # of a version that kept nothing but the values
    if not before.exists() or not (table := read_parquet(before)).schema.equals(arrow_schema(attributes)):
        return None
    columns: dict[str, Any] = {field.name: pa.nulls(len(table), field.type) for field in schema}
    columns |= {name: table[name] for name in table.column_names}
    columns[ASKED] = pa.array([list(attributes)] * len(table), pa.list_(pa.string()))
    columns[ANSWERS] = pa.array([1] * len(table), pa.int32())
    return pa.table(columns, schema=schema)


def merge_side(role: Role, inputs: Inputs, work: Path) -> Merged:
    """Write what `merged_side` gives to `attributes/<role>.parquet`, and lists of conflicts and of values that are not
    sure enough beside it.

    Raises:
        DataError: a file cannot be used or written.
    """
    merged, path = merged_side(role, inputs, work), attributes_path(work, role)
    write_parquet(merged.table, path)
    list_conflicts(path.with_name(CONFLICTS), role, merged.conflicts)
    _list(path.with_name(UNSURE), UNSURE_FIELDS, role, [_unsure_row(one) for one in merged.unsure])
    return merged


def merged_side(role: Role, inputs: Inputs, work: Path) -> Merged:
    """What was read of one side, and what exists, as resolved so far.

    Raises:
        DataError: a file cannot be used.
    """
    config = inputs.config.enrich
    attributes = attributes_of(config, role)
    entities = inputs.contexts if role == "context" else inputs.items
    read = stored_read(work, role, attributes)
    return merge(
        attributes,
        read if read is not None else read_schema(attributes).empty_table(),
        entities,
        existing_of(role, inputs, entities),
        min_confidence=config.min_confidence,
        resolutions=stored_resolutions(work),
    )


def list_conflicts(path: Path, role: Role, conflicts: Sequence[Conflict]) -> None:
    """Write the conflicts of one side, those of the other stay. What somebody has written into the column `resolution`
    and not accepted yet stays too, as long as both values do."""
    typed = {_key(row): row["resolution"] for row in _rows_in(path, CONFLICT_FIELDS)}
    rows = [vars(one) | {"confidence": _share(one.confidence)} for one in conflicts]
    for row in rows:
        row["resolution"] = row["resolution"] or typed.get(_key(row), "")
    _list(path, CONFLICT_FIELDS, role, rows)


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("role", "id", "attribute", "existing", "read"))


def _unsure_row(one: Unsure) -> dict[str, Any]:
    return vars(one) | {"confidence": _share(one.confidence)}


def _share(confidence: float | None) -> str:
    return "" if confidence is None else f"{confidence:.3f}"


def _list(path: Path, fields: Sequence[str], role: Role, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the rows of one side; a file that would hold none is not there."""
    others = [row for row in _rows_in(path, fields) if row["role"] != role]
    everything = sorted([*others, *rows], key=lambda row: str(row["role"]))
    if not everything:
        path.unlink(missing_ok=True)
        return
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(fields)
    writer.writerows([_cells(row[name] for name in fields) for row in everything])
    write_bytes(text.getvalue().encode("utf-8", "backslashreplace"), path)


def _cells(values: Iterable[Any]) -> list[str]:
    return ["" if value is None else as_cell(str(value)) for value in values]


def _rows_in(path: Path, fields: Sequence[str]) -> list[dict[str, str]]:
    """The rows of an earlier list; none where the file is no such."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            if list(reader.fieldnames or ()) != list(fields):
                return []
            return [{name: from_cell(row[name]) for name in fields} for row in reader]
    except (OSError, ValueError, csv.Error):
        return []
