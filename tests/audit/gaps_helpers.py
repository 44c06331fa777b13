"""A catalog of six items, small enough to work out by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from tilth.audit import AuditConfig
from tilth.audit.gaps import Ground
from tilth.audit.tables import SCHEMAS
from tilth.records import ENTITY_SCHEMA, Entities, GapStep

CATEGORIES = ["film", "film", "film", "book", "book", ""]
EVENTS = [60, 0, 0, 9, 0, 1]
EXPOSURES = [100, 50, 0, 40, 10, 0]
TITLES = ["aaaa", "bb", "", "dddd", "ee", "f"]
TEXTS = ["x" * 16, "x" * 8, "", "x" * 6, "", ""]
"""Characters with the title: 20, 10, 0, 10, 2, 1."""
IDS = ["i0", "i1", "i2", "i3", "i4", "i5"]


def catalog(categories: Sequence[str] = CATEGORIES) -> Entities:
    table = pa.table([IDS, TITLES, TEXTS], schema=ENTITY_SCHEMA)
    return Entities("item", table.append_column("category", pa.array(categories)))


def table(name: str, *rows: Mapping[str, Any]) -> pa.Table:
    """A table of the audit; what the rows leave out is null."""
    return pa.Table.from_pylist(list(rows), schema=SCHEMAS[name])


def items_table(events: Sequence[int] = EVENTS, exposures: Sequence[int] = EXPOSURES) -> pa.Table:
    columns = zip(IDS, CATEGORIES, events, exposures, strict=True)
    return table("items", *({"item_id": i, "category": c, "events": e, "exposures": x} for i, c, e, x in columns))


def thin(*rows: tuple[str, str, str]) -> pa.Table:
    return table("thin_items", *({"item_id": item, "field": field, "problem": what} for item, field, what in rows))


def queries(*rows: tuple[str, int, int, float | None, str | None]) -> pa.Table:
    names = ("normal", "searches", "zero_results", "nearest", "unmet")
    return table("queries", *(dict(zip(names, row, strict=True)) for row in rows))


def ground(events: bool = True, **tables: pa.Table) -> Ground:
    all_tables = {**tables, **({"items": items_table()} if events else {})}
    return Ground.of(AuditConfig(), catalog(), all_tables)


def a_dollar_a_call(step: GapStep, calls: int, characters: float) -> float | None:
    return float(calls)


def unknown_price(step: GapStep, calls: int, characters: float) -> float | None:
    return None
