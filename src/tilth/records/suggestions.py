"""A suggestion: a query that is offered to people, where it came from, and what speaks for it."""

from dataclasses import dataclass

import pyarrow as pa

SUGGESTION_SCHEMA = pa.schema(
    [
        pa.field("query", pa.string(), nullable=False),
        pa.field("normal", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("category", pa.string()),
        pa.field("language", pa.string()),
        pa.field("score", pa.float64(), nullable=False),
        pa.field("users", pa.int64()),
        pa.field("searches", pa.int64()),
        pa.field("successes", pa.int64()),
        pa.field("items", pa.int64()),
        pa.field("item_ids", pa.list_(pa.string())),
        pa.field("last_ts", pa.timestamp("us", tz="UTC")),
        pa.field("synthetic", pa.bool_(), nullable=False),
        pa.field("rejected", pa.string()),
    ]
)
"""One row per normal form. `query` is what is shown; `source` where it came from (`title`, `facet`, `log`,
`rule:<name>`, `llm:<teacher>`), the most trusted one where there are several. `users`, `searches` and `successes` are
what the log says of it, `items` how many it brings back, `item_ids` a few that it was made from; null where unknown.
`score` is its prior: higher is offered first. `synthetic` marks what no person typed or titled. `rejected` says why it
may not be shown, null for what may."""


@dataclass(frozen=True)
class Suggestions:
    """A table of `SUGGESTION_SCHEMA`."""

    table: pa.Table

    def __len__(self) -> int:
        return self.table.num_rows
