"""Reading the gaps of an audit, for the steps that fill them."""

from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tilth.data.write import read_parquet
from tilth.errors import DataError
from tilth.records import GAP_SCHEMA, MEMBER_SCHEMA, Gaps, GapStep

GAPS_FILE = "gaps.parquet"
MEMBERS_FILE = "gap_members.parquet"
HINT = "name the folder or the gaps.parquet that `tilth audit` wrote"


def read_gaps(path: Path) -> Gaps:
    """Gaps and their members, from the audit's folder or its gaps.parquet, in their order.

    Raises:
        DataError: the files are missing, damaged, or hold something else.
    """
    folder = path if path.is_dir() else path.parent
    if not path.is_dir() and path.name != GAPS_FILE:
        raise DataError("holds no gaps" if path.exists() else "no such file", path=path, hint=HINT)
    table = _checked(folder / GAPS_FILE, GAP_SCHEMA)
    members = _checked(folder / MEMBERS_FILE, MEMBER_SCHEMA)
    if not pc.all(pc.is_in(members["gap_id"], value_set=table["gap_id"].combine_chunks()), min_count=0).as_py():
        raise DataError("is of another audit than the gaps beside it", path=folder / MEMBERS_FILE, hint=HINT)
    return Gaps(table, members)


def choose_gaps(gaps: Gaps, step: GapStep, wanted: Collection[str] = ()) -> Gaps:
    """Those that `step` fills, or of these only the `wanted` ids; their order stays.

    Raises:
        DataError: a wanted gap is not there or is another step's, or there is none for the step.
    """
    fills = dict(zip(gaps.table["gap_id"].to_pylist(), gaps.table["step"].to_pylist(), strict=True))
    for gap_id in wanted:
        if gap_id not in fills:
            raise DataError(f"there is no gap '{gap_id}'", hint="`tilth audit --json` lists them under gaps")
        if fills[gap_id] != step:
            raise DataError(f"gap '{gap_id}' is filled by `tilth {fills[gap_id]}`, not by {step}")
    chosen = [gap_id for gap_id, of in fills.items() if of == step and (not wanted or gap_id in wanted)]
    if not chosen:
        raise DataError(f"the audit found no gap that {step} fills")
    ids = pa.array(chosen, pa.string())
    table, members = (part.filter(pc.is_in(part["gap_id"], value_set=ids)) for part in (gaps.table, gaps.members))
    return Gaps(table, members)


def member_ids(gaps: Gaps) -> pa.Array:
    """What the gaps are made of, each once, by the rank of its first gap; within a gap most demand first."""
    return pc.unique(gaps.members["id"].combine_chunks())


def _checked(path: Path, schema: pa.Schema) -> pa.Table:
    if not path.exists():
        raise DataError("no such file", path=path, hint=HINT)
    table = read_parquet(path)
    if not table.schema.equals(schema):
        raise DataError("holds other columns than an audit writes", path=path, hint=HINT)
    return table
