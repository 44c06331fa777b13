"""What people did: events on items, and searches."""

from dataclasses import dataclass

import pyarrow as pa

EVENT_SCHEMA = pa.schema(
    [
        pa.field("user_id", pa.string(), nullable=False),
        pa.field("item_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("ts", pa.timestamp("us", tz="UTC")),
        pa.field("value", pa.float64()),
    ]
)
"""`kind` is what was done (impression, click, rating, ...); `value` a number that came with it, such as a rating."""

SEARCH_SCHEMA = pa.schema(
    [
        pa.field("session_id", pa.string()),
        pa.field("user_id", pa.string()),
        pa.field("query", pa.string(), nullable=False),
        pa.field("ts", pa.timestamp("us", tz="UTC")),
        pa.field("results", pa.int64()),
        pa.field("shown", pa.list_(pa.string())),
        pa.field("clicked", pa.list_(pa.string())),
    ]
)
"""`results` is how many were found. `clicked` is empty where nothing was clicked, null where clicks were not logged."""


@dataclass(frozen=True)
class Events:
    """A table of `EVENT_SCHEMA`: a whole log, or a piece of one."""

    table: pa.Table

    def __len__(self) -> int:
        return self.table.num_rows


@dataclass(frozen=True)
class Searches:
    """A table of `SEARCH_SCHEMA`: a whole log, or a piece of one."""

    table: pa.Table

    def __len__(self) -> int:
        return self.table.num_rows
