"""Query understanding as a folder: JSON for the texts, arrays (.npy) for the numbers.

    understanding/manifest.json   format, version, where the rules are from, what taught the model and how it measures
    understanding/words.json      names of categories, features, values, expansions, the table of queries
    understanding/*.npy

It is written whole beside its place and then moved there.
"""

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np

from tilth.artifacts.folder import MANIFEST, artifact_errors, manifest_of, put_in_place
from tilth.artifacts.understanding.categories import CategoryModel
from tilth.artifacts.understanding.understanding import Expansion, HeadQuery, Understander
from tilth.records import Anchor

FORMAT = 2
WORDS = "words.json"
ARRAYS = ("starts", "columns", "evidence", "unseen", "prior")
HINT = "run `tilth enrich expand` again"
_LENGTH = 12


class RulesUsed(msgspec.Struct, frozen=True):
    """Where the expansions are from: a proved `generation`, candidates that nothing has proved, or nowhere."""

    origin: Literal["proved", "candidates", "none"] = "none"
    generation: str | None = None
    count: int = 0


class Made(msgspec.Struct, frozen=True):
    """What an understanding was made of. `taught_by`: sources of the labels of queries, and how many queries each
    labelled; the titles of the catalog teach always. `measures`: of the model on queries that it had not seen."""

    rules: RulesUsed = RulesUsed()
    taught_by: dict[str, int] = {}
    measures: list[dict[str, Any]] = []
    notes: list[str] = []


class UnderstandingManifest(msgspec.Struct, frozen=True):
    """What `manifest.json` says. `version`: twelve hexadecimal digits over all that an answer depends on."""

    format: int
    version: str
    temperature: float
    categories: int
    features: int
    head: int
    made: Made


class _Words(msgspec.Struct, frozen=True):
    categories: list[str]
    features: list[str]
    values: dict[str, tuple[str, str]]
    expansions: dict[str, list[tuple[Anchor, Expansion]]]
    table: dict[str, HeadQuery]


def write_understanding(folder: Path, built: Understander, made: Made | None = None) -> UnderstandingManifest:
    """Write it in the place of the one that was there. The same parts give the same bytes.

    Raises:
        ArtifactError: the folder cannot be written.
    """
    model, made = built.model, made or Made()
    with artifact_errors(folder, "cannot be written", hint="look at its rights and at the room on the disk"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for name in ARRAYS:
                np.save(part / f"{name}.npy", getattr(model, name), allow_pickle=False)
            expansions = {source: list(some) for source, some in built.expansions.items()}
            words = _Words(list(model.names), list(model.vocabulary), built.values, expansions, built.table)
            (part / WORDS).write_bytes(msgspec.json.encode(words))
            sizes = (model.temperature, len(model.names), len(model.vocabulary), len(built.table))
            manifest = UnderstandingManifest(FORMAT, _version(part, model.temperature, made.rules), *sizes, made)
            (part / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
            part.chmod(0o755)
            put_in_place(part, folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return manifest


def read_understanding_manifest(folder: Path) -> UnderstandingManifest:
    """Raises:
    ArtifactError: there is no understanding, its manifest cannot be read, or it is another version's.
    """
    return manifest_of(folder, UnderstandingManifest, FORMAT, name="query understanding", hint=HINT)


def load_understanding(folder: Path) -> Understander:
    """Raises ArtifactError where there is none, it is damaged, or of another version."""
    manifest = read_understanding_manifest(folder)
    with artifact_errors(folder, "is damaged", hint=HINT, also=(TypeError, IndexError)):  # arrays of other shapes
        words = msgspec.json.decode((folder / WORDS).read_bytes(), type=_Words)
        arrays = {name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in ARRAYS}
        vocabulary = {name: row for row, name in enumerate(words.features)}
        model = CategoryModel(tuple(words.categories), vocabulary, temperature=manifest.temperature, **arrays)
        if not _whole(model, manifest) or len(words.table) != manifest.head:
            raise ValueError("its files do not belong together")
    return Understander(model, words.values, words.expansions, words.table)


def _version(folder: Path, temperature: float, rules: RulesUsed) -> str:
    found = hashlib.sha256(msgspec.json.encode((temperature, rules)))
    for path in sorted(folder.iterdir()):
        found.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()[:_LENGTH]


def _whole(model: CategoryModel, manifest: UnderstandingManifest) -> bool:
    starts, columns = model.starts, model.columns
    sizes = len(model.vocabulary) == manifest.features == len(starts) - 1 and len(model.names) == manifest.categories
    same = len(columns) == len(model.evidence) == int(starts[-1]) and len(model.unseen) == len(model.prior)
    order = bool((np.diff(starts) >= 0).all()) and int(starts[0]) == 0 and manifest.temperature > 0
    inside = not len(columns) or (int(columns.min()) >= 0 and int(columns.max()) < manifest.categories)
    return sizes and same and order and inside and len(model.prior) == manifest.categories
