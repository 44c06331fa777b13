"""What artifacts that live in a folder share: a manifest, errors that name the folder, and how one is replaced."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from tilth.errors import ArtifactError

MANIFEST = "manifest.json"


class HasFormat(Protocol):
    @property
    def format(self) -> int: ...


Manifest = TypeVar("Manifest", bound=HasFormat)


@contextmanager
def artifact_errors(folder: Path, what: str, *, hint: str, also: tuple[type[Exception], ...] = ()) -> Generator[None]:
    """Turn what files, NumPy and msgspec raise, and `also`, into an ArtifactError that names the folder."""
    try:
        yield
    except ArtifactError:
        raise
    except (OSError, ValueError, KeyError, EOFError, msgspec.MsgspecError, *also) as exc:
        raise ArtifactError(f"{folder}: {what}: {exc}\n  hint: {hint}") from exc


def manifest_of(folder: Path, kind: type[Manifest], format: int, *, name: str, hint: str) -> Manifest:
    """The manifest in `folder`; `name` is what ought to be there, such as "index".

    Raises:
        ArtifactError: there is none, it cannot be read, or it is another version's.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise ArtifactError(f"{folder}: there is no {name}\n  hint: {hint}")
    with artifact_errors(folder, "the manifest cannot be read", hint=hint):
        manifest = msgspec.json.decode(path.read_bytes(), type=kind)
    if manifest.format != format:
        raise ArtifactError(f"{folder}: was made by another version of Tilth\n  hint: {hint}")
    return manifest


def put_in_place(part: Path, folder: Path) -> None:
    """Move `part`, beside it, to `folder`; if that fails, what was there is there again.

    Raises:
        OSError: it cannot be moved.
    """
    old = part.with_name(f"{part.name}.old")
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)  # of a run that was killed
        folder.rename(old)
    try:
        part.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
