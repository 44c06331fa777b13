"""The folder of an index: tantivy's own files, the items as they were indexed, and a manifest.

index/manifest.json     format, settings, how many items
index/items.arrow       id, title and category of each row; rows are never reused
index/tantivy/          the inverted index
"""

import hashlib
import os
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from tilth.artifacts.folder import MANIFEST, artifact_errors, manifest_of
from tilth.artifacts.index.config import IndexConfig

FORMAT = 3
ITEMS, INNER = "items.arrow", "tantivy"
HINT = "build the index again"


class Manifest(msgspec.Struct, frozen=True):
    format: int
    config: IndexConfig
    rows: int
    """Rows of `items.arrow`, those of deleted items among them."""


vendor_errors = partial(artifact_errors, hint=HINT, also=(RuntimeError, pa.ArrowException))
"""Turn what tantivy, Arrow and the file system raise into an ArtifactError that names the folder."""


def read_manifest(folder: Path) -> Manifest:
    """Raises ArtifactError where there is none, or another version's."""
    return manifest_of(folder, Manifest, FORMAT, name="index", hint=HINT)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    _replace(folder / MANIFEST, msgspec.json.encode(manifest))


def index_version(folder: Path) -> str:
    """Twelve hexadecimal digits that change with every commit.

    Raises:
        ArtifactError: a file cannot be read.
    """
    found = hashlib.sha256()
    with vendor_errors(folder, "cannot be read"):
        for path in (folder / MANIFEST, folder / INNER / "meta.json"):
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


def read_items(folder: Path) -> pa.Table:
    """The items of all rows, mapped into memory."""
    with pa.memory_map(str(folder / ITEMS)) as file:
        return pa.ipc.open_file(file).read_all()


def write_items(folder: Path, items: pa.Table) -> None:
    sink = pa.BufferOutputStream()
    whole = items.combine_chunks()
    with pa.ipc.new_file(sink, whole.schema) as writer:
        writer.write_table(whole)
    _replace(folder / ITEMS, sink.getvalue())


def _replace(path: Path, content: Any) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(content)
    part.replace(path)
