"""A speller as a folder: a manifest, arrays that are mapped (.npy), and two small Arrow tables.

    speller/manifest.json      format, version, settings, how many words and pairs of words
    speller/lexicon.*.npy      and bigrams.*, together.*, deletes.*, forest.*
    speller/mistakes.arrow     speller/exceptions.arrow

It is written whole beside its place and then moved there; a server that has mapped the one before goes on with it.
"""

import hashlib
import os
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.artifacts.folder import put_in_place
from tilth.artifacts.speller.bigrams import BigramArrays
from tilth.artifacts.speller.deletes import DeleteArrays
from tilth.artifacts.speller.exceptions import Exceptions, FixedQuery
from tilth.artifacts.speller.forest import ForestArrays, fits
from tilth.artifacts.speller.hashing import EMPTY
from tilth.artifacts.speller.lexicon import LexiconArrays
from tilth.artifacts.speller.mistakes import Mistakes
from tilth.artifacts.speller.speller import Speller, SpellerSettings, SpellerTables
from tilth.artifacts.speller.together import TogetherArrays
from tilth.artifacts.speller.weights import Features
from tilth.errors import ArtifactError

FORMAT = 2
MANIFEST = "manifest.json"
_LENGTH = 12
_HINT = "\n  hint: run `tilth enrich spell` again"
_GROUPS: dict[str, type[Any]] = {
    "lexicon": LexiconArrays,
    "bigrams": BigramArrays,
    "together": TogetherArrays,
    "deletes": DeleteArrays,
    "forest": ForestArrays,
}


class SpellerManifest(msgspec.Struct, frozen=True):
    """What `manifest.json` says. `version`: twelve hexadecimal digits over all that a correction depends on."""

    format: int
    version: str
    words: int
    pairs: int
    settings: SpellerSettings


def write_speller(folder: Path, speller: Speller) -> SpellerManifest:
    """Write a speller to a folder, in the place of the one that was there.

    Raises:
        ArtifactError: the folder cannot be written.
    """
    tables, part = speller.tables, folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for group, kind in _GROUPS.items():
            for field in fields(kind):
                array = getattr(getattr(tables, group), field.name)
                np.save(part / f"{group}.{field.name}.npy", np.ascontiguousarray(array), allow_pickle=False)
        _write_table(part / "mistakes.arrow", tables.mistakes.table())
        _write_table(part / "exceptions.arrow", tables.exceptions.table())
        count, pairs = len(tables.lexicon.log_p), int(tables.bigrams.count[0])
        manifest = SpellerManifest(FORMAT, _version(part, speller.settings), count, pairs, speller.settings)
        (part / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        put_in_place(part, folder)
    except OSError as exc:
        raise ArtifactError(f"{folder}: the speller cannot be written: {exc}") from exc
    return manifest


def read_speller_manifest(folder: Path) -> SpellerManifest:
    """Raises:
    ArtifactError: there is no speller, or one of another format.
    """
    path = folder / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=SpellerManifest)
    except FileNotFoundError as exc:
        raise ArtifactError(f"{folder}: has no speller{_HINT}") from exc
    except (OSError, msgspec.MsgspecError) as exc:
        raise ArtifactError(f"{path}: cannot be read: {exc}{_HINT}") from exc
    if manifest.format != FORMAT:
        raise ArtifactError(f"{path}: has format {manifest.format}, this version reads {FORMAT}{_HINT}")
    return manifest


def load_speller(folder: Path) -> Speller:
    """The speller in a folder, its arrays mapped: workers on one machine share them.

    Raises:
        ArtifactError: it is missing, damaged, or of another format.
    """
    manifest = read_speller_manifest(folder)
    groups = {
        group: kind(**{field.name: _mapped(folder / f"{group}.{field.name}.npy") for field in fields(kind)})
        for group, kind in _GROUPS.items()
    }
    try:
        mistakes = _read_table(folder / "mistakes.arrow").to_pylist()
        fixed = _read_table(folder / "exceptions.arrow").to_pylist()
        tables = SpellerTables(
            **groups,
            mistakes=Mistakes.of((row["typed"], row["meant"], row["times"]) for row in mistakes),
            exceptions=Exceptions.of_rows(FixedQuery(row["query"], row["text"], row["source"]) for row in fixed),
        )
        _check(tables, manifest)
        return Speller(tables, manifest.settings)
    except (OSError, KeyError, TypeError, ValueError, IndexError, pa.ArrowException) as exc:
        raise ArtifactError(f"{folder}: is damaged: {exc}{_HINT}") from exc


def _check(tables: SpellerTables, manifest: SpellerManifest) -> None:
    """Raises:
    ValueError: sizes contradict each other, or an open table has no end.
    """
    lexicon, bigrams, deletes, together = tables.lexicon, tables.bigrams, tables.deletes, tables.together
    per_word = (lexicon.log_p, lexicon.log_rest, lexicon.flags, lexicon.lengths, lexicon.general, deletes.letters_of)
    sizes = (
        all(len(array) == manifest.words for array in per_word),
        len(lexicon.ends) == manifest.words + 1 and int(lexicon.ends[-1]) == len(lexicon.letters),
        int(lexicon.slots[-1]) == EMPTY,
        len(bigrams.keys) == len(bigrams.attraction) > int(bigrams.count[0]) == manifest.pairs,
        int(bigrams.keys[-1]) == (1 << 64) - 1,
        len(together.starts) == manifest.words + 1 and len(together.total) == 1,
        int(together.starts[-1]) == len(together.others) == len(together.times),
        fits(tables.forest, len(Features._fields) + 1),
        int(deletes.starts[-1]) == len(deletes.words) and (len(deletes.starts) - 1).bit_count() == 1,
    )
    if not all(sizes):
        raise ValueError("its files do not belong together")


def _version(folder: Path, settings: SpellerSettings) -> str:
    found = hashlib.sha256(msgspec.json.encode(settings))
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            found.update(f"{path.name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return found.hexdigest()[:_LENGTH]


def _mapped(path: Path) -> NDArray[Any]:
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except OSError as exc:
        raise ArtifactError(f"{path}: cannot be read: {exc}{_HINT}") from exc
    except (ValueError, EOFError) as exc:  # numpy takes any other bytes for a pickle, and advises to load them as one
        raise ArtifactError(f"{path}: cannot be read: it is damaged, or no array{_HINT}") from exc


def _write_table(path: Path, table: pa.Table) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _read_table(path: Path) -> pa.Table:
    with pa.OSFile(str(path), "rb") as file:
        return pa.ipc.open_file(file).read_all()
