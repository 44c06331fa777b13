"""Judgment tables from a few columns."""

import pyarrow as pa

from tilth.records import JUDGMENT_SCHEMA, Judgments


def judgments(
    pairs: list[tuple[str, str]], source: str | list[str], grades: list[float | None], **columns
) -> Judgments:
    """One row per pair; further columns of the schema as lists, null where not given."""
    n = len(pairs)
    given = {
        "context_id": [context for context, _ in pairs],
        "item_id": [item for _, item in pairs],
        "source": [source] * n if isinstance(source, str) else source,
        "grade": grades,
        "error": ["failed" if grade is None else None for grade in grades],
        **columns,
    }
    arrays = [pa.array(given.get(field.name, [None] * n), field.type) for field in JUDGMENT_SCHEMA]
    return Judgments(pa.table(arrays, schema=JUDGMENT_SCHEMA))


def together(*parts: Judgments) -> Judgments:
    return Judgments(pa.concat_tables([part.table for part in parts]))


def grid(n_contexts: int, n_items: int) -> list[tuple[str, str]]:
    """Every item offered to every context."""
    return [(f"q{c}", f"d{i}") for c in range(n_contexts) for i in range(n_items)]
