"""`manifest.json`: what an export holds. It is written last, so an export without one was cut off."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from tilth.errors import DataError
from tilth.llm.batch.disk import lines, opened, write_json

NAME = "manifest.json"
FORMAT = 1
URL = "/v1/chat/completions"


class RequestFile(msgspec.Struct, frozen=True):
    """One file of requests: its size in requests and bytes, and its SHA-256 (hex)."""

    name: str
    requests: int
    bytes: int
    sha256: str


class TooLarge(msgspec.Struct, frozen=True):
    """A request that fits in no file, with what it asks about."""

    fingerprint: str
    key: tuple[str, ...]
    bytes: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an export holds, and for whom.

    `about` is the caller's note on whose questions these are. `requests` were written, `answered` questions left out as
    their answers are in the store, `duplicates` as they stand in the export already.
    """

    format: int = FORMAT
    export_id: str
    created_at: datetime
    model: str
    endpoint: str
    url: str = URL
    about: dict[str, str] = {}
    requests: int
    answered: int
    duplicates: int
    too_large: tuple[TooLarge, ...] = ()
    files: tuple[RequestFile, ...]


class _OnlyId(msgspec.Struct):
    custom_id: str


_ID = msgspec.json.Decoder(_OnlyId)


def has_manifest(folder: Path) -> bool:
    return (folder / NAME).is_file()


def write_manifest(manifest: Manifest, folder: Path) -> None:
    write_json(manifest, folder / NAME)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of an export.

    Raises:
        DataError: the folder holds no whole export, or one of another version.
    """
    path = folder / NAME
    if not folder.is_dir():
        raise DataError("no such folder", path=folder, hint="name the folder that `export` wrote")
    if not path.is_file():
        hint = "name the folder that `export` wrote; one that was cut off half-way is to be exported again"
        raise DataError("is not the folder of a whole export (it has no manifest.json)", path=folder, hint=hint)
    with opened(path) as file:
        content = file.read()
    try:
        version = msgspec.json.decode(content, type=dict[str, msgspec.Raw]).get("format")
        if version is not None and bytes(version) != str(FORMAT).encode():
            hint = "use the Tilth that wrote it, or export again"
            raise DataError(f"has format {bytes(version).decode()}, this Tilth reads {FORMAT}", path=path, hint=hint)
        return msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, ValueError) as exc:
        raise DataError(f"is no manifest of an export: {exc}", path=path, hint="export again") from exc


def read_ids(folder: Path, file: RequestFile) -> Iterator[str]:
    """The fingerprints in a file of requests, checked against the manifest on the way.

    Raises:
        DataError: the file is missing, or is not the one that was exported. Known only at its end.
    """
    path, digest = folder / file.name, hashlib.sha256()
    for number, line in lines(path, limit=file.bytes):
        digest.update(line or b"")
        try:
            yield _ID.decode(line or b"").custom_id
        except (msgspec.DecodeError, ValueError) as exc:
            raise DataError(f"is no request: {exc}", path=path, row=number, hint=CHANGED_HINT) from exc
    refuse_if_changed(path, digest.hexdigest(), file)


CHANGED_HINT = "files of an export must stay as they are; restore it from where it was copied, or export again"


def refuse_if_changed(path: Path, digest: str, file: RequestFile) -> None:
    """Raises:
    DataError: the digest is not that of the file when it was exported.
    """
    if digest != file.sha256:
        raise DataError(
            f"has changed since it was exported (SHA-256 {digest[:12]}, exported as {file.sha256[:12]})",
            path=path,
            hint=CHANGED_HINT,
        )
