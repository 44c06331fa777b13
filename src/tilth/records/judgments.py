"""A judgment: what a source said about a pair, with everything needed to trace it."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.errors import DataError

JUDGMENT_SCHEMA = pa.schema(
    [
        pa.field("context_id", pa.string(), nullable=False),
        pa.field("item_id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("grade", pa.float64()),
        pa.field("p", pa.float64()),
        pa.field("reasons", pa.list_(pa.string())),
        pa.field("error", pa.string()),
        pa.field("raw", pa.string()),
        pa.field("prompt_tokens", pa.int64()),
        pa.field("completion_tokens", pa.int64()),
        pa.field("cost_usd", pa.float64()),
        pa.field("latency_s", pa.float64()),
        pa.field("rubric_hash", pa.string()),
        pa.field("prompt_hash", pa.string()),
        pa.field("created_at", pa.timestamp("us", tz="UTC")),
    ]
)
"""`grade` and `p` are null exactly where `error` says why there is no label. `p` is the probability of the positive
class of the rubric (for a filter: of being bad). `cost_usd` is null where the price is unknown."""

SOURCE_KINDS = ("human", "model", "rule", "weak", "synthetic")


def check_source(source: str) -> str:
    """The source unchanged, if it is `<kind>:<name>` with a known kind.

    Raises:
        DataError: for any other text.
    """
    kind, _, name = source.partition(":")
    if kind not in SOURCE_KINDS or not name:
        raise DataError(
            f"source '{source}' is not of the form <kind>:<name>",
            hint=f"kinds are {', '.join(SOURCE_KINDS)}; 'human' is for people only",
        )
    return source


@dataclass(frozen=True)
class Judgments:
    """Judgments as a table of `JUDGMENT_SCHEMA`, one row per (pair, source); further columns may be carried along.

    `file_rows` says on which row of the file each stood, shape (judgments,); None for those that are from no file.
    """

    table: pa.Table
    file_rows: NDArray[np.int64] | None = field(default=None, compare=False, repr=False)

    def __len__(self) -> int:
        return self.table.num_rows

    @property
    def sources(self) -> list[str]:
        return sorted(pc.unique(self.table["source"]).to_pylist())

    def of(self, source: str) -> "Judgments":
        return self._where(pc.equal(self.table["source"], source))

    def labelled(self) -> "Judgments":
        """Those that carry a label: the failed ones are left out."""
        return self._where(pc.is_valid(self.table["grade"]))

    def _where(self, mask: pa.ChunkedArray) -> "Judgments":
        rows = self.file_rows
        return Judgments(self.table.filter(mask), rows[np.asarray(mask, dtype=bool)] if rows is not None else None)
