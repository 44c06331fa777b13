"""A rule: what is added to a search, where it came from, and what speaks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import pyarrow as pa

RuleKind = Literal["synonym", "expansion", "spelling"]
"""`synonym`: the targets may stand for the source. `expansion`: they move what was found up, and bring nothing by
themselves. `spelling`: the target takes the source's place."""
Direction = Literal["one_way", "two_way"]
Anchor = Literal["anywhere", "end", "whole"]
"""Where in a query the source has to stand. In English the thing that is looked for is named at the `end`: a "laptop
bag" is no laptop."""
Verdict = Literal["keep", "reject", "not_enough_evidence"]

RULE_SCHEMA = pa.schema(
    [
        pa.field("rule_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("target", pa.string(), nullable=False),
        pa.field("weight", pa.float64(), nullable=False),
        pa.field("direction", pa.string(), nullable=False),
        pa.field("field", pa.string()),
        pa.field("provenance", pa.string(), nullable=False),
        pa.field("note", pa.string()),
        pa.field("anchor", pa.string()),
        pa.field("created_at", pa.timestamp("us", tz="UTC")),
    ]
)
"""One row per pair of source and target. `weight` is the target's against the source's own 1. `field` is the field
that the target is looked for in (null: all). `anchor` null means anywhere. `provenance` is `<kind>:<name>` as a
judgment's source is."""


@dataclass(frozen=True)
class Rule:
    """One row of `RULE_SCHEMA`."""

    rule_id: str
    kind: RuleKind
    source: str
    target: str
    weight: float = 1.0
    direction: Direction = "one_way"
    field: str | None = None
    provenance: str = "rule:given"
    note: str | None = None
    anchor: Anchor = "anywhere"


def rules_of(table: pa.Table) -> list[Rule]:
    """The rows as objects, without the time."""
    names = [name for name in RULE_SCHEMA.names if name != "created_at" and name in table.column_names]
    return [_rule_of(row) for row in table.select(names).to_pylist()]


def _rule_of(row: dict[str, Any]) -> Rule:
    anchor: Any = row.get("anchor") or "anywhere"
    return Rule(**(row | {"anchor": anchor}))


def rule_table(rules: Sequence[Rule], *, created_at: datetime | None = None) -> pa.Table:
    """Rules as rows of `RULE_SCHEMA`."""
    rows = [{name: getattr(rule, name, created_at) for name in RULE_SCHEMA.names} for rule in rules]
    return pa.Table.from_pylist(rows, schema=RULE_SCHEMA)
