"""What somebody decided where values that were read contradict those of the catalog."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import pyarrow as pa

from tilth.data import Rejects, read_parquet, write_parquet
from tilth.data.cells import from_cell
from tilth.data.read import read_batches
from tilth.enrich.values import Conflict, Resolutions

FILE_NAME = "resolved.parquet"
COLUMNS = ("role", "id", "attribute", "existing", "read", "resolution")
SCHEMA = pa.schema([pa.field(name, pa.string(), nullable=False) for name in COLUMNS])
CHOICES = ("existing", "read", "")


@dataclass(frozen=True)
class Accepted:
    """What a file of resolutions said: values taken as they were `read`, `existing` ones confirmed, and left `open`."""

    read: int
    existing: int
    open: int
    path: Path

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "path": str(self.path)}


def stored_resolutions(work: Path) -> Resolutions:
    """All that was decided so far."""
    path = work / "attributes" / FILE_NAME
    rows = read_parquet(path).to_pylist() if path.exists() else []
    return {
        (row["role"], row["id"], row["attribute"]): (row["existing"], row["read"], row["resolution"]) for row in rows
    }


def accept(file: Path, conflicts: Sequence[Conflict], work: Path) -> Accepted:
    """Keep what the column `resolution` of a (filled-in) list of conflicts says; all of it or nothing.

    Raises:
        DataError: the file cannot be used, a resolution is none, or a row is no conflict as it stands now.
    """
    known, rejects = {conflict.key: conflict for conflict in conflicts}, Rejects()
    decided, counts, total = dict(stored_resolutions(work)), Counter[str](), 0
    for batch in read_batches(str(file), SCHEMA.names, rejects, ids=["id"]):
        total += len(batch.rows)
        for number, cells in zip(batch.rows.tolist(), batch.table.to_pylist(), strict=True):
            row = {name: from_cell(text or "") for name, text in cells.items()}
            resolution = row["resolution"].strip().lower()
            conflict = known.get((row["role"], row["id"], row["attribute"]))
            problem = _problem(row, resolution, conflict)
            if problem is not None or conflict is None:
                rejects.add(str(file), number, *(problem or ("id", "")), row["resolution"])
                continue
            counts[resolution or "open"] += 1
            decided[conflict.key] = (*conflict.both, cast("Literal['', 'existing', 'read']", resolution))
    hint = "mend the file; nothing of it was taken"
    rejects.refuse_if_many(str(file), total, 0.0, hint=hint)
    path = work / "attributes" / FILE_NAME
    kept = [dict(zip(SCHEMA.names, (*key, *said), strict=True)) for key, said in decided.items() if said[2]]
    write_parquet(pa.Table.from_pylist(kept, schema=SCHEMA), path)
    return Accepted(counts["read"], counts["existing"], counts["open"], path)


def _problem(row: Mapping[str, str], resolution: str, conflict: Conflict | None) -> tuple[str, str] | None:
    """The column that is wrong, and why."""
    if resolution not in CHOICES:
        return "resolution", "is not existing, read or empty"
    if conflict is None:
        return "id", "is no conflict now; `tilth enrich attributes` lists those there are"
    if conflict.both != (row["existing"], row["read"]):
        return "read", "one of the two values has changed since; `tilth enrich attributes` lists them anew"
    if resolution == "read" and not row["read"]:
        return "resolution", "nothing was read that could be taken"
    return None
