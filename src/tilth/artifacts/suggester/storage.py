"""The folder of a suggester: a manifest, a base, and beside it what was added since.

    suggester/manifest.json         format, names of the segments, what is hidden, sources and categories
    suggester/000001/               a segment
    suggester/000001-words/         the words of its suggestions
    suggester/ranker-<hash>.json    the order that was learned, if one was

A segment is written whole before the manifest names it, and never changed: a server that has opened the one before goes
on with it.
"""

import os
import shutil
from functools import partial
from pathlib import Path

import msgspec

from tilth.artifacts.folder import MANIFEST, artifact_errors, manifest_of
from tilth.artifacts.suggester.segment import Columns, write_segment
from tilth.artifacts.suggester.words import count_words, write_words

FORMAT = 2
RANKER = "ranker-"
HINT = "build the suggester again"


class Manifest(msgspec.Struct, frozen=True):
    format: int
    segments: list[str]
    """The base, and what was added since, if anything was."""
    hidden: list[int]
    """Rows of the base that were removed or replaced since."""
    sources: list[str]
    categories: list[str]
    ranker: str = ""
    """File of the ranker in force; empty: suggestions stand by their score."""


suggester_errors = partial(artifact_errors, hint=HINT)
"""Turn what the file system, NumPy and msgspec raise into an ArtifactError that names the folder."""


def read_manifest(folder: Path) -> Manifest:
    """Raises ArtifactError where there is none, or another version's."""
    return manifest_of(folder, Manifest, FORMAT, name="suggester", hint=HINT)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Make `manifest` the valid one, and remove segments and rankers that neither it nor the one before names."""
    path = folder / MANIFEST
    before = set[str]()
    if path.is_file():
        known = read_manifest(folder)
        before = {*known.segments, known.ranker}
    part = folder / f".{MANIFEST}.{os.getpid()}.part"
    part.write_bytes(msgspec.json.encode(manifest))
    part.replace(path)
    keep = before | {*manifest.segments, manifest.ranker}
    for old in folder.iterdir():
        if old.is_dir() and old.name.removesuffix("-words") not in keep:
            shutil.rmtree(old, ignore_errors=True)
        elif old.name.startswith(RANKER) and old.name not in keep:
            old.unlink(missing_ok=True)


def add_segment(folder: Path, columns: Columns) -> str:
    """Write a segment under a new name, which is returned."""
    taken = [int(path.name) for path in folder.iterdir() if path.is_dir() and path.name.isdigit()]
    name = f"{max(taken, default=0) + 1:06d}"
    for part in (folder / name, words_of(folder, name)):
        shutil.rmtree(part, ignore_errors=True)
    write_words(words_of(folder, name), count_words(columns.keys))
    write_segment(folder / name, columns)
    return name


def words_of(folder: Path, name: str) -> Path:
    return folder / f"{Path(name).name}-words"
