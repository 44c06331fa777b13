"""From the user's files to judgments: labels that people, models or rules gave before."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tilth.data.assemble import Unique, constant, distinct, read_table
from tilth.data.columns import Columns
from tilth.data.config import JudgmentSource
from tilth.data.files import resolve_path
from tilth.data.rejects import Rejects
from tilth.errors import ConfigError, DataError
from tilth.records import JUDGMENT_SCHEMA, Judgments, check_source

PARTS = ("few-shot", "calibration", "test")
PLACEHOLDER = r"\{([^{}]+)\}"
SHOWN_CHARS = 40


def load_judgments(
    source: JudgmentSource, *, base: Path, rejects: Rejects, max_rejected: float, grades: frozenset[float] | None = None
) -> Judgments:
    """Read labels that were given before.

    A model's row whose grade is empty, no number, or not among `grades` is a failed answer: it stays, without a label,
    and counts against the model's coverage. From any other source such a row is rejected, as nobody will answer for it.
    With `source.part` the table has a further column `part`: one of `PARTS`, or empty.

    Raises:
        ConfigError: `source.source` is of an unknown kind.
        DataError: the file cannot be used, or more than `max_rejected` of its rows.
    """
    path = resolve_path(source.path, base)
    in_name = re.findall(PLACEHOLDER, source.source)
    _refuse_bad_kind(source)
    optional = [
        source.p, source.reasons, source.raw, source.part,
        source.prompt_tokens, source.completion_tokens, source.cost_usd, source.latency_s,
    ]  # fmt: skip
    wanted = distinct([source.context_id, source.item_id, source.grade, *in_name, *(c for c in optional if c)])
    table, rows = read_table(
        path,
        wanted,
        [source.context_id, source.item_id, *in_name],
        lambda columns: _judgment_table(columns, source, in_name, grades),
        rejects,
        max_rejected,
        Unique(("source", "context_id", "item_id"), source.item_id, "a judgment of this pair by this source"),
    )
    return Judgments(table, rows)


def _judgment_table(
    columns: Columns, source: JudgmentSource, in_name: list[str], grades: frozenset[float] | None
) -> pa.Table:
    count = len(columns.batch.rows)
    context_ids, item_ids = columns.identifier(source.context_id), columns.identifier(source.item_id)
    names = _source_names(columns, source.source, in_name)
    grade, error = _grades(columns, source, grades)
    # A failed answer has no probability, whatever stands in its place.
    failed = np.asarray(pc.is_null(grade), dtype=bool)
    fields = {
        "context_id": context_ids,
        "item_id": item_ids,
        "source": names,
        "grade": grade,
        "p": columns.number(source.p, low=0.0, high=1.0, ignore=failed),
        "reasons": columns.strings(source.reasons),
        "error": error,
        "raw": columns.text(source.raw) if source.raw else pa.nulls(count, pa.string()),
        "prompt_tokens": columns.integer(source.prompt_tokens),
        "completion_tokens": columns.integer(source.completion_tokens),
        "cost_usd": columns.number(source.cost_usd, low=0.0),
        "latency_s": columns.number(source.latency_s, low=0.0),
    }
    for field in JUDGMENT_SCHEMA:
        fields.setdefault(field.name, pa.nulls(count, field.type))
    if source.part:
        part = columns.trimmed(source.part)
        unknown = ~np.asarray(pc.is_in(part, value_set=pa.array(["", *PARTS])), dtype=bool)
        columns.reject(unknown, source.part, f"is not one of the parts {', '.join(PARTS)}")
        fields["part"] = part
    return columns.keep(fields)


def _grades(columns: Columns, source: JudgmentSource, grades: frozenset[float] | None) -> tuple[pa.Array, pa.Array]:
    """The grades, and where there is none the reason (null elsewhere)."""
    no_reason = pa.nulls(len(columns.batch.rows), pa.string())
    allowed = pa.array(sorted(grades), pa.float64()) if grades is not None else None
    listed = f" ({', '.join(f'{grade:g}' for grade in sorted(grades))})" if grades is not None else ""
    if not source.source.startswith("model:"):
        grade = columns.number(source.grade, optional=False)
        if allowed is not None:
            off_list = ~np.asarray(pc.is_in(grade, value_set=allowed), dtype=bool)
            columns.reject(off_list, source.grade, f"is not one of the grades{listed}")
        return grade, no_reason
    grade = columns.lenient_number(source.grade)
    if allowed is not None:
        grade = pc.if_else(pc.is_in(grade, value_set=allowed), grade, pa.scalar(None, pa.float64()))
    shown = pc.utf8_slice_codeunits(columns.text(source.grade), 0, SHOWN_CHARS)
    reason = pc.binary_join_element_wise("'", shown, f"' is not one of the grades{listed}", "")
    reason = pc.if_else(pc.equal(columns.trimmed(source.grade), ""), "there is no grade", reason)
    return grade, pc.if_else(pc.is_null(grade), reason, no_reason)


def _refuse_bad_kind(source: JudgmentSource) -> None:
    try:
        check_source(source.source)
    except DataError as exc:
        raise ConfigError(f"[data] judgments of {source.path}: {exc}") from exc


def _source_names(columns: Columns, template: str, in_name: list[str]) -> pa.Array:
    """`template` with each `{column}` replaced by that column's value, row by row."""
    literals = re.split(PLACEHOLDER, template)[::2]
    count = len(columns.batch.rows)
    pieces = [constant(literals[0], count)]
    for column, literal in zip(in_name, literals[1:], strict=True):
        pieces += [columns.identifier(column, "a part of the source's name"), constant(literal, count)]
    return pc.binary_join_element_wise(*pieces, "")
