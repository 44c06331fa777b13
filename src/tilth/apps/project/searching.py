"""The project's items in the embedded index, kept in its work folder."""

import hashlib
import os
import shutil
from pathlib import Path

import msgspec

from tilth.artifacts.index import IndexConfig, SearchIndex
from tilth.errors import ArtifactError
from tilth.records import Entities

FOLDER = "index"
ROWS_AT_ONCE = 65_536
_DIGEST = 16


def project_index(items: Entities, work: Path, *, config: IndexConfig | None = None) -> SearchIndex:
    """The index of `items`, in `work/index`: built where there is none of these very items and settings.

    The index of other items, which these replace, is removed.

    Raises:
        ArtifactError: the folder cannot be written.
    """
    config = config or IndexConfig()
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


def items_digest(items: Entities, config: IndexConfig) -> str:
    """Sixteen hexadecimal digits over all that an index is made of."""
    whole = items.table.combine_chunks()
    found = hashlib.sha256(msgspec.json.encode(config))
    found.update(whole.schema.remove_metadata().serialize())
    for batch in whole.to_batches(max_chunksize=ROWS_AT_ONCE):
        found.update(batch.serialize())
    return found.hexdigest()[:_DIGEST]
