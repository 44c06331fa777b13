"""What was decided about pairs, as a table: a dismissed pair is not asked about again."""

from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa

from tilth.enrich.synonyms.verdict import PairVerdict

VERDICT_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("target", pa.string(), nullable=False),
        pa.field("verdict", pa.string(), nullable=False),
        pa.field("context", pa.string()),
        pa.field("confidence", pa.float64(), nullable=False),
        pa.field("judge", pa.string(), nullable=False),
        pa.field("prompt", pa.string()),
        pa.field("created_at", pa.timestamp("us", tz="UTC")),
    ]
)
"""`judge` is `model:<name>` or `human:<name>`; `prompt` the digest of what was asked."""
_NAMES = VERDICT_SCHEMA.names[:6]


def to_table(verdicts: Iterable[PairVerdict], prompt: str | None, created_at: datetime) -> pa.Table:
    """Rows of `VERDICT_SCHEMA`."""
    rows = [
        {name: getattr(one, name) for name in _NAMES} | {"prompt": prompt, "created_at": created_at} for one in verdicts
    ]
    return pa.Table.from_pylist(rows, schema=VERDICT_SCHEMA)


def from_table(table: pa.Table) -> list[PairVerdict]:
    """The latest verdict of each pair; a person's stands before any model's."""
    ordered = sorted(
        table.to_pylist(), key=lambda row: (row["judge"].startswith("human:"), row["created_at"].timestamp())
    )
    latest = {tuple(sorted((row["source"], row["target"]))): row for row in ordered}
    return [PairVerdict(**{name: row[name] for name in _NAMES}) for row in latest.values()]
