"""A prepared side as plain arrays: what stands in which file, and back. Nothing that is read can run code."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student.attribute_values import ValueSets
from tilth.artifacts.student.characters import GramRows
from tilth.artifacts.student.lexical import Slots
from tilth.artifacts.student.sparsity import sparse
from tilth.errors import ArtifactError

Described = dict[str, Any] | None

_RECORDS = {kind.__name__: kind for kind in (Slots, GramRows, ValueSets)}


def pack(value: Any, folder: Path, name: str) -> Described:
    """Write the arrays of `value` into `folder`, each in a file whose name begins with `name`; returns its outline."""
    if value is None:
        return None
    if isinstance(value, np.ndarray):
        np.save(folder / f"{name}.npy", np.ascontiguousarray(value), allow_pickle=False)
        return {"array": f"{name}.npy"}
    if sparse.issparse(value):
        parts = {part: pack(getattr(value, part), folder, f"{name}.{part}") for part in ("data", "indices", "indptr")}
        return {"sparse": parts, "columns": int(value.shape[1])}
    if isinstance(value, tuple):
        return {"tuple": [pack(one, folder, f"{name}.{place}") for place, one in enumerate(value)]}
    if isinstance(value, dict):
        return {"by name": {key: pack(one, folder, f"{name}.{key}") for key, one in value.items()}}
    parts = {field.name: pack(getattr(value, field.name), folder, f"{name}.{field.name}") for field in fields(value)}
    return {"record": type(value).__name__, "fields": parts}


def unpack(outline: Described, folder: Path) -> Any:
    """What `pack` was given, over mapped files.

    Raises:
        ArtifactError: a file is missing or damaged.
        KeyError, TypeError, ValueError: the outline is none of `pack`.
    """
    if outline is None:
        return None
    if "array" in outline:
        return _mapped(folder / Path(outline["array"]).name)
    if "sparse" in outline:
        parts = {part: unpack(one, folder) for part, one in outline["sparse"].items()}
        shape = (len(parts["indptr"]) - 1, int(outline["columns"]))
        return sparse.csr_matrix((parts["data"], parts["indices"], parts["indptr"]), shape=shape, copy=False)
    if "tuple" in outline:
        return tuple(unpack(one, folder) for one in outline["tuple"])
    if "by name" in outline:
        return {key: unpack(one, folder) for key, one in outline["by name"].items()}
    kind = _RECORDS[outline["record"]]
    return kind(**{name: unpack(one, folder) for name, one in outline["fields"].items()})


def _mapped(path: Path) -> NDArray[Any]:
    try:
        # A plain view of the map: numpy's own class for it is slower to slice.
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError) as exc:
        raise ArtifactError(f"{path}: cannot be read: {exc}\n  hint: run `tilth serve index` again") from exc
