"""The project's items in the embedded index, kept in its work folder."""

import hashlib
import os
import shutil
from pathlib import Path

import msgspec
import pyarrow as pa

from tilth.artifacts.index import IndexConfig, SearchIndex
from tilth.data import read_parquet
from tilth.errors import ArtifactError
from tilth.records import Entities

FOLDER = "index"
RULES, TYPES = "rules", "types.parquet"
ROWS_AT_ONCE = 65_536
_DIGEST = 16


def project_index(items: Entities, work: Path, *, config: IndexConfig | None = None) -> SearchIndex:
    """The index of `items`, with what `tilth enrich expand` says they are, in `work/index`: built where there is none
    of these very items and settings.

    The index of other items, which these replace, is removed.

    Raises:
        ArtifactError: the folder cannot be written.
    """
    config, items = config or IndexConfig(), with_types(items, work)
    folder = work / FOLDER / items_digest(items, config)
    if folder.is_dir():
        return SearchIndex.open(folder)
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    SearchIndex.build(items, part, config=config)
    try:
        part.rename(folder)
    except OSError as exc:
        if not folder.is_dir():  # another run may have put the same there meanwhile
            raise ArtifactError(f"{folder}: the index cannot be put in place: {exc}") from exc
        shutil.rmtree(part, ignore_errors=True)
    for other in folder.parent.iterdir():
        if other != folder and not other.name.startswith("."):
            shutil.rmtree(other, ignore_errors=True)
    return SearchIndex.open(folder)


def with_types(items: Entities, work: Path) -> Entities:
    """The items with the column `type` that was mined, unless the catalog has one or nothing was mined."""
    path = work / RULES / TYPES
    if "type" in items.table.column_names or not path.is_file():
        return items
    known = read_parquet(path)
    types = dict(zip(known["id"].to_pylist(), known["type"].to_pylist(), strict=True))
    column = pa.array([types.get(one, "") for one in items.ids.to_pylist()], pa.string())
    return Entities(items.role, items.table.append_column("type", column))


def items_digest(items: Entities, config: IndexConfig) -> str:
    """Sixteen hexadecimal digits over all that an index is made of."""
    whole = items.table.combine_chunks()
    found = hashlib.sha256(msgspec.json.encode(config))
    found.update(whole.schema.remove_metadata().serialize())
    for batch in whole.to_batches(max_chunksize=ROWS_AT_ONCE):
        found.update(batch.serialize())
    return found.hexdigest()[:_DIGEST]
