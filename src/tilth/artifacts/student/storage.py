"""A student as a folder: JSON, Parquet and LightGBM's text format; nothing in it can run code when read."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from tilth.artifacts.student.comparisons import FittedComparison
from tilth.artifacts.student.config import FeatureConfig
from tilth.artifacts.student.cooccurrence import Cooccurrence
from tilth.artifacts.student.featurizer import Featurizer
from tilth.artifacts.student.lexicon import Lexicon
from tilth.artifacts.student.models import BlendModel, LinearModel, TreeModel
from tilth.artifacts.student.student import Student
from tilth.artifacts.student.topics import Topics
from tilth.artifacts.student.views import Views
from tilth.errors import ArtifactError

FORMAT = "tilth-student"
VERSION = 1


def save_student(student: Student, folder: Path) -> None:
    """Write the folder; files of an earlier student in it are overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    featurizer = student.featurizer
    _write_table(
        folder / "words.parquet",
        {"word": featurizer.lexicon.words, "idf": featurizer.lexicon.idf, "known": featurizer.lexicon.known},
    )
    _write_matrix(folder / "topics.parquet", featurizer.topics.axes)
    _write_matrix(folder / "rarity.parquet", featurizer.rarity[:, None])
    if featurizer.cooccurrence is not None:
        _write_matrix(folder / "cooccurrence_contexts.parquet", featurizer.cooccurrence.context_axes)
        _write_matrix(folder / "cooccurrence_items.parquet", featurizer.cooccurrence.item_axes)
    _write_json(
        folder / "features.json",
        {
            "config": asdict(featurizer.config),
            "views": asdict(featurizer.views),
            "mean_words": featurizer.mean_words,
            "splits": featurizer.lexicon.splits,
            "correct_spelling": featurizer.lexicon.correct_spelling,
            "comparisons": [asdict(fitted) for fitted in featurizer.comparisons],
            "cooccurrence": featurizer.cooccurrence is not None,
        },
    )
    _write_json(
        folder / "model.json", {"parts": [_save_part(folder, n, part) for n, part in enumerate(_parts(student))]}
    )
    # The manifest comes last: a folder without one was not finished.
    _write_json(
        folder / "manifest.json",
        {"format": FORMAT, "version": VERSION, "features": list(featurizer.names), "extra": student.extra},
    )


def load_student(folder: Path) -> Student:
    """Raises: ArtifactError: a file is missing, damaged, or of another version."""
    manifest = _read_json(folder / "manifest.json")
    if manifest.get("format") != FORMAT or manifest.get("version") != VERSION:
        raise ArtifactError(
            f"{folder / 'manifest.json'}: is {manifest.get('format')} version {manifest.get('version')}, "
            f"this Tilth reads {FORMAT} version {VERSION}\n  hint: distill the student again"
        )
    featurizer = _load_featurizer(folder)
    if list(featurizer.names) != manifest.get("features"):
        raise ArtifactError(f"{folder / 'features.json'}: its features are not those of the manifest")
    return Student(featurizer, _load_model(folder, len(featurizer.names)), manifest.get("extra", {}))


def _parts(student: Student) -> tuple[TreeModel | LinearModel, ...]:
    model = student.model
    return model.parts if isinstance(model, BlendModel) else (model,)


def _save_part(folder: Path, number: int, part: TreeModel | LinearModel) -> dict[str, Any]:
    if isinstance(part, TreeModel):
        name = f"trees_{number}.txt"
        (folder / name).write_text(part.text, encoding="utf-8")
        return {"kind": "trees", "file": name}
    return {
        "kind": "linear",
        "intercept": part.intercept,
        "mean": part.mean.tolist(),
        "weight": part.weight.tolist(),
        "missing": part.missing.tolist(),
        "levels": [logits.tolist() for logits in part.levels],
    }


def _load_model(folder: Path, features: int) -> TreeModel | LinearModel | BlendModel:
    path = folder / "model.json"
    described = _read_json(path)
    try:
        parts = tuple(_load_part(folder, part, features) for part in described["parts"])
    except (KeyError, TypeError, ValueError) as exc:
        raise ArtifactError(f"{path}: is damaged: {exc}") from exc
    if not parts:
        raise ArtifactError(f"{path}: holds no model")
    return parts[0] if len(parts) == 1 else BlendModel(parts)


def _load_part(folder: Path, part: dict[str, Any], features: int) -> TreeModel | LinearModel:
    if part["kind"] == "trees":
        return _load_trees(folder / Path(str(part["file"])).name, features)
    mean, weight, missing = (np.array(part[name], dtype=np.float64) for name in ("mean", "weight", "missing"))
    levels = tuple(np.array(logits, dtype=np.float64) for logits in part["levels"])
    if {len(mean), len(weight), len(missing), len(levels)} != {features}:
        raise ValueError(f"the linear model does not have {features} weights")
    return LinearModel(float(part["intercept"]), mean, weight, missing, levels)


def _load_trees(path: Path, features: int) -> TreeModel:
    import lightgbm as lgb

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ArtifactError(f"{path}: cannot be read: {exc}") from exc
    # LightGBM may abort the process on a cut-off text instead of raising.
    if not text.startswith("tree\n") or "end of trees" not in text:
        raise ArtifactError(f"{path}: is damaged: not a whole LightGBM model")
    model = TreeModel(text)
    try:
        found = model.booster.num_feature()
    except lgb.basic.LightGBMError as exc:
        raise ArtifactError(f"{path}: is damaged: {exc}") from exc
    if found != features:
        raise ArtifactError(f"{path}: takes {found} features, the student has {features}")
    return model


def _load_featurizer(folder: Path) -> Featurizer:
    path = folder / "features.json"
    stored = _read_json(path)
    words = _read_table(folder / "words.parquet", ("word", "idf", "known"))
    try:
        lexicon = Lexicon(
            words["word"].to_pylist(),
            np.asarray(words["idf"].to_numpy(), dtype=np.float32),
            np.asarray(words["known"].to_numpy(), dtype=bool),
            msgspec.convert(stored["splits"], dict[str, tuple[str, str]]),
            bool(stored["correct_spelling"]),
        )
        return Featurizer(
            config=msgspec.convert(stored["config"], FeatureConfig),
            views=msgspec.convert(stored["views"], Views),
            lexicon=lexicon,
            mean_words=msgspec.convert(stored["mean_words"], tuple[float, ...]),
            rarity=_read_matrix(folder / "rarity.parquet")[:, 0],
            topics=Topics(_read_matrix(folder / "topics.parquet", rows=len(lexicon.words))),
            comparisons=msgspec.convert(stored["comparisons"], tuple[FittedComparison, ...]),
            cooccurrence=_load_cooccurrence(folder, len(lexicon.words)) if stored["cooccurrence"] else None,
        )
    except (KeyError, TypeError, msgspec.ValidationError) as exc:
        raise ArtifactError(f"{path}: is damaged: {exc}") from exc


def _load_cooccurrence(folder: Path, words: int) -> Cooccurrence:
    return Cooccurrence(
        _read_matrix(folder / "cooccurrence_contexts.parquet", rows=words),
        _read_matrix(folder / "cooccurrence_items.parquet", rows=words),
    )


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise ArtifactError(f"{path}: cannot be read: {exc}\n  hint: is this the folder of a student?") from exc
    if not isinstance(value, dict):
        raise ArtifactError(f"{path}: is damaged: not a JSON object")
    return value


def _write_table(path: Path, columns: dict[str, Any]) -> None:
    parquet.write_table(pa.table(columns), path, compression="zstd")


def _write_matrix(path: Path, matrix: NDArray[np.float32]) -> None:
    width = max(matrix.shape[1], 1)
    rows = pa.FixedSizeListArray.from_arrays(pa.array(matrix.astype(np.float32).ravel()), width)
    parquet.write_table(pa.table({"row": rows}), path, compression="zstd")


def _read_table(path: Path, columns: tuple[str, ...]) -> pa.Table:
    try:
        return parquet.read_table(path, columns=list(columns)).select(list(columns))
    except (OSError, pa.ArrowException, KeyError) as exc:
        raise ArtifactError(f"{path}: cannot be read: {exc}") from exc


def _read_matrix(path: Path, rows: int | None = None) -> NDArray[np.float32]:
    column = _read_table(path, ("row",))["row"].combine_chunks()
    if not pa.types.is_fixed_size_list(column.type) or (rows is not None and len(column) != rows):
        raise ArtifactError(f"{path}: is damaged: not a matrix{'' if rows is None else f' of {rows} rows'}")
    values = np.asarray(column.flatten(), dtype=np.float32)
    return values.reshape(len(column), column.type.list_size)
