"""A gap: a place where the data is thin, the demand it carries, and what filling it would take."""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

GapStep = Literal["enrich", "suggest", "coldstart", "judge"]
"""The step that fills a gap."""

GAP_SCHEMA = pa.schema(
    [
        pa.field("gap_id", pa.string(), nullable=False),
        pa.field("step", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("category", pa.string()),
        pa.field("field", pa.string()),
        pa.field("unit", pa.string(), nullable=False),
        pa.field("size", pa.int64(), nullable=False),
        pa.field("demand", pa.float64()),
        pa.field("demand_share", pa.float64()),
        pa.field("calls", pa.int64(), nullable=False),
        pa.field("cost_usd", pa.float64()),
        pa.field("demand_per_usd", pa.float64()),
        pa.field("reason", pa.string(), nullable=False),
    ]
)
"""`place` names the gap in words; `category` and `field` where it lies in one. `size` counts `unit` (items, queries or
pairs). `demand` is the events or searches that it carries, `demand_share` their share of all; null where there is no
log, and for a sample to measure by, which fills nothing. `calls` is what filling it asks of an LLM; `cost_usd` is null
where the price is unknown. `reason` is the finding with its number."""

MEMBER_SCHEMA = pa.schema(
    [
        pa.field("gap_id", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("demand", pa.float64()),
    ]
)
"""What a gap is made of, most demand first: item ids, or queries in their commonest spelling."""


@dataclass(frozen=True)
class Gaps:
    """Gaps, the most demand per dollar first, and their members."""

    table: pa.Table
    members: pa.Table

    def __len__(self) -> int:
        return self.table.num_rows
