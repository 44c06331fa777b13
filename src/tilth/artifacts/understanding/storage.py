"""Query understanding as a folder: JSON for the texts, arrays (.npy) for the numbers.

    understanding/manifest.json   format, temperature, sizes
    understanding/words.json      names of categories, features, values, expansions, the table of queries
    understanding/*.npy

It is written whole beside its place and then moved there.
"""

import shutil
import tempfile
from pathlib import Path

import msgspec
import numpy as np

from tilth.artifacts.understanding.categories import CategoryModel
from tilth.artifacts.understanding.understanding import Expansion, Understander
from tilth.errors import ArtifactError

FORMAT = 1
MANIFEST, WORDS = "manifest.json", "words.json"
ARRAYS = ("starts", "columns", "evidence", "unseen", "prior")
HINT = "run `tilth enrich expand` again"


class Manifest(msgspec.Struct, frozen=True):
    format: int
    temperature: float
    categories: int
    features: int


class Words(msgspec.Struct, frozen=True):
    categories: list[str]
    features: list[str]
    values: dict[str, tuple[str, str]]
    expansions: dict[str, list[tuple[str, Expansion]]]
    table: dict[str, tuple[str, float]]


def write_understanding(folder: Path, built: Understander) -> None:
    """Raises ArtifactError where the folder cannot be written."""
    model = built.model
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for name in ARRAYS:
                np.save(part / f"{name}.npy", getattr(model, name), allow_pickle=False)
            expansions = {source: list(some) for source, some in built.expansions.items()}
            words = Words(list(model.names), list(model.vocabulary), built.values, expansions, built.table)
            (part / WORDS).write_bytes(msgspec.json.encode(words))
            manifest = Manifest(FORMAT, model.temperature, len(model.names), len(model.vocabulary))
            (part / MANIFEST).write_bytes(msgspec.json.encode(manifest))
            part.chmod(0o755)
            shutil.rmtree(folder, ignore_errors=True)
            part.replace(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as exc:
        raise ArtifactError(f"{folder}: cannot be written: {exc.strerror}") from exc


def load_understanding(folder: Path) -> Understander:
    """Raises ArtifactError where there is none, it is damaged, or of another version."""
    if not (folder / MANIFEST).is_file():
        raise ArtifactError(f"{folder}: there is no query understanding\n  hint: {HINT}")
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
        if manifest.format != FORMAT:
            raise ArtifactError(f"{folder}: was made by another version of Tilth\n  hint: {HINT}")
        words = msgspec.json.decode((folder / WORDS).read_bytes(), type=Words)
        arrays = {name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in ARRAYS}
    except (OSError, ValueError, EOFError, msgspec.MsgspecError) as exc:
        raise ArtifactError(f"{folder}: is damaged: {exc}\n  hint: {HINT}") from exc
    vocabulary = {name: row for row, name in enumerate(words.features)}
    model = CategoryModel(tuple(words.categories), vocabulary, temperature=manifest.temperature, **arrays)
    if not _whole(model, manifest):
        raise ArtifactError(f"{folder}: is damaged: its files do not belong together\n  hint: {HINT}")
    return Understander(model, words.values, words.expansions, words.table)


def _whole(model: CategoryModel, manifest: Manifest) -> bool:
    starts, columns = model.starts, model.columns
    sizes = len(model.vocabulary) == manifest.features == len(starts) - 1 and len(model.names) == manifest.categories
    same = len(columns) == len(model.evidence) == int(starts[-1]) and len(model.unseen) == len(model.prior)
    order = bool((np.diff(starts) >= 0).all()) and int(starts[0]) == 0 and manifest.temperature > 0
    inside = not len(columns) or (int(columns.min()) >= 0 and int(columns.max()) < manifest.categories)
    return sizes and same and order and inside and len(model.prior) == manifest.categories
