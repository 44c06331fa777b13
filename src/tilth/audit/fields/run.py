"""The audit of the catalog's fields."""

import numpy as np
import pyarrow as pa

from tilth.audit.categories import categories_of
from tilth.audit.config import AuditConfig
from tilth.audit.fields.facts import TEXT_FIELDS, FactsJob
from tilth.audit.fields.summary import fields_table, findings, measures, thin_items
from tilth.audit.fields.verdicts import Verdicts, verdicts_of
from tilth.audit.result import Part
from tilth.engine import Engine, OnProgress
from tilth.records import Entities

LANGUAGE_TEXTS = 200_000
"""Of larger catalogs about so many items, chosen by a hash of their id, have their language told: the one measure
that takes a while for each text."""


def run_fields(config: AuditConfig, items: Entities, *, engine: Engine, on_progress: OnProgress | None = None) -> Part:
    """Which fields of which items are missing or thin.

    Every column of the catalog is a field. The texts are read once, in partitions on the engine, into a few numbers
    for each item and sentence (about 150 bytes an item); what is duplicate or boilerplate is found from those here.

    Raises:
        ConfigError, EngineError: as `Engine.map`.
    """
    table = items.table
    columns = tuple(name for name in table.column_names if name != "id")
    sized = tuple(name for name in columns if name in config.fields.short_chars and _is_sized(table, name))
    own = categories_of(items, level=config.category_level, most=len(items))
    listed = categories_of(items, level=config.category_level, most=config.max_categories)
    verdicts = Verdicts((), None, np.zeros(0, np.bool_))
    looked_at = min(1.0, LANGUAGE_TEXTS / max(len(items), 1))
    if len(items):
        job = FactsJob(columns, sized, looked_at)
        facts = pa.concat_tables(engine.map(job, table.select(["id", *columns]), on_progress=on_progress))
        verdicts = verdicts_of(facts, columns, own, config.fields)
    return Part(
        measures=measures(verdicts, listed, looked_at),
        tables={"fields": fields_table(verdicts, listed), "thin_items": thin_items(verdicts, own, items)},
        findings=findings(verdicts, items),
    )


def _is_sized(table: pa.Table, name: str) -> bool:
    return name not in TEXT_FIELDS and pa.types.is_string(table.schema.field(name).type)
