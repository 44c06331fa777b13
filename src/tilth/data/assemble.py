"""From batches to one table: counting what was rejected, and refusing rows that repeat an earlier one."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.data.columns import Columns
from tilth.data.read import read_batches
from tilth.data.rejects import Rejects
from tilth.errors import ConfigError


@dataclass(frozen=True)
class Unique:
    """The fields whose values, together, stand in a file once; `column` of the file is named in the rejects."""

    fields: tuple[str, ...]
    column: str
    what: str


def read_table(
    path: str,
    wanted: list[str],
    ids: Collection[str],
    convert: Callable[[Columns], pa.Table],
    rejects: Rejects,
    max_rejected: float,
    unique: Unique | None,
) -> tuple[pa.Table, NDArray[np.int64]]:
    """All usable rows of a file, and the row of the file each stood on, shape (rows,).

    Raises:
        DataError: the file cannot be used, or more than `max_rejected` of its rows.
    """
    before, merged = len(rejects), 0
    tables: list[pa.Table] = []
    rows: list[NDArray[np.int64]] = []
    for batch in read_batches(path, wanted, rejects, ids=ids):
        columns = Columns(path, batch, rejects)
        tables.append(convert(columns))
        rows.append(batch.rows[columns.usable])
        merged += columns.merged
    usable = sum(len(part) for part in rows)
    total = usable + merged + len(rejects) - before
    file_rows = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
    table = pa.concat_tables(tables) if tables else None
    if table is not None and unique is not None:
        fresh = _reject_repeated(path, table, file_rows, unique, rejects)
        if not fresh.all():
            table, file_rows = table.filter(pa.array(fresh)), file_rows[fresh]
    rejects.refuse_if_many(path, total, max_rejected, since=before)
    return table, file_rows


def _reject_repeated(
    path: str, table: pa.Table, file_rows: NDArray[np.int64], unique: Unique, rejects: Rejects
) -> NDArray[np.bool_]:
    """Whether each row is the first with its values, shape (rows,); the others are rejected."""
    fields = list(unique.fields)
    places = pa.array(np.arange(table.num_rows))
    groups = pa.table([*(table[name] for name in fields), places], names=[*fields, "place"])
    groups = groups.group_by(fields).aggregate([("place", "min"), ("place", "count")])
    fresh = np.zeros(table.num_rows, dtype=bool)
    fresh[np.asarray(groups["place_min"])] = True
    several = groups.filter(pc.greater(groups["place_count"], 1))
    first = dict(zip(_keys(several, fields), several["place_min"].to_pylist(), strict=True))
    repeated = np.flatnonzero(~fresh)
    for index, key in zip(repeated.tolist(), _keys(table.take(pa.array(repeated)), fields), strict=True):
        reason = f"{unique.what} stood already on row {file_rows[first[key]]}"
        rejects.add(path, int(file_rows[index]), unique.column, reason, key[-1])
    return fresh


def _keys(table: pa.Table, fields: list[str]) -> list[tuple[str, ...]]:
    return list(zip(*(table[name].to_pylist() for name in fields), strict=True))


def refuse_hidden(keep: Collection[str], own: Mapping[str, Collection[str]], section: str) -> None:
    """Refuse to carry along a column under a name that a field made of other columns has.

    `own` gives for each field of the record the one column it is taken from unchanged, if there is one.

    Raises:
        ConfigError: names the column.
    """
    for name in keep:
        if name in own and name not in own[name]:
            raise ConfigError(
                f"{section} keep cannot carry the column '{name}' along: the record has a field of that name\n"
                f'  hint: map it as {name} = "{name}", or rename the column'
            )


def distinct(names: list[str]) -> list[str]:
    """The names, each once, in their order."""
    return list(dict.fromkeys(names))


def constant(value: str | float, count: int) -> pa.Array:
    """A column of one value."""
    return pa.repeat(value, count)
