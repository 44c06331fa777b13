"""An audit as a folder: audit.json, and a Parquet file for each table, the gaps and their members."""

from hashlib import blake2b
from math import nan
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from tilth.audit.result import Audit, Finding, Measure
from tilth.audit.tables import SCHEMAS
from tilth.data import read_parquet, write_json, write_parquet
from tilth.errors import ArtifactError, DataError
from tilth.records import GAP_SCHEMA, MEMBER_SCHEMA, Gaps

FILE_NAME = "audit.json"
GAPS_NAME = "gaps"
MEMBERS_NAME = "gap_members"
FORMAT = "tilth-audit"
VERSION = 1
ALL_SCHEMAS: dict[str, pa.Schema] = {**SCHEMAS, GAPS_NAME: GAP_SCHEMA, MEMBERS_NAME: MEMBER_SCHEMA}


class _Measure(msgspec.Struct, frozen=True):
    name: str
    value: float | None
    n: int
    replicates: list[float | None] = []
    where: str = ""
    exact: bool = True
    note: str = ""


class _Manifest(msgspec.Struct, frozen=True):
    """audit.json. `files` has the digest of each table's file."""

    format: str
    version: int
    created_at: str
    counts: dict[str, int]
    measures: list[_Measure]
    findings: list[Finding]
    notes: list[str]
    settings: dict[str, Any]
    files: dict[str, str]


class _Kind(msgspec.Struct, frozen=True):
    format: str = ""
    version: int = 0


def write_audit(audit: Audit, folder: Path) -> None:
    """Write the folder; files of an earlier audit in it are replaced one by one, audit.json last.

    Raises:
        DataError: it cannot be written.
    """
    files: dict[str, str] = {}
    for name, table in {**audit.tables, GAPS_NAME: audit.gaps.table, MEMBERS_NAME: audit.gaps.members}.items():
        path = folder / f"{name}.parquet"
        write_parquet(table, path)
        files[name] = _digest(path)
    for name in ALL_SCHEMAS.keys() - files.keys():  # of an earlier audit, which would pass for this one's
        _remove(folder / f"{name}.parquet")
    write_json({"format": FORMAT, "version": VERSION, **to_json(audit), "files": files}, folder / FILE_NAME)


def to_json(audit: Audit) -> dict[str, Any]:
    """What audit.json holds of an audit: everything but its tables, numbers that are undefined as null."""
    return {
        "created_at": audit.created_at,
        "counts": dict(audit.counts),
        "measures": [vars(measure) for measure in audit.measures],
        "findings": [vars(finding) for finding in audit.findings],
        "notes": list(audit.notes),
        "settings": dict(audit.settings),
    }


def read_audit(folder: Path) -> Audit:
    """Read an audit that `write_audit` wrote; the path of its audit.json will do too.

    Raises:
        DataError: there is none.
        ArtifactError: it is of another version, or a file of it is missing, damaged, or of another audit.
    """
    folder = folder.parent if folder.name == FILE_NAME else folder
    path = folder / FILE_NAME
    manifest = _manifest(path)
    tables = {name: _table(folder, name, digest) for name, digest in manifest.files.items()}
    gaps, members = tables.pop(GAPS_NAME, None), tables.pop(MEMBERS_NAME, None)
    if gaps is None or members is None:
        raise _damaged(path, "names no gaps")
    return Audit(
        counts=manifest.counts,
        measures=tuple(_measure(one) for one in manifest.measures),
        tables=tables,
        findings=tuple(manifest.findings),
        gaps=Gaps(gaps, members),
        notes=tuple(manifest.notes),
        settings=manifest.settings,
        created_at=manifest.created_at,
    )


def _manifest(path: Path) -> _Manifest:
    try:
        content = path.read_bytes()
    except OSError as exc:
        hint = "name the folder that `tilth audit` wrote"
        raise DataError(f"cannot be read: {exc.strerror}", path=path, hint=hint) from exc
    try:
        kind = msgspec.json.decode(content, type=_Kind)
        if (kind.format, kind.version) != (FORMAT, VERSION):
            raise ArtifactError(
                f"{path}: is {kind.format or 'something else'} version {kind.version}, this Tilth reads {FORMAT} "
                f"version {VERSION}\n  hint: run `tilth audit` again"
            )
        return msgspec.json.decode(content, type=_Manifest)
    except (msgspec.DecodeError, RecursionError) as exc:
        raise _damaged(path, str(exc)) from exc


def _table(folder: Path, name: str, digest: str) -> pa.Table:
    schema = ALL_SCHEMAS.get(name)
    if schema is None:  # nor is a path made of it
        raise _damaged(folder / FILE_NAME, f"names an unknown table {name!r}")
    path = folder / f"{name}.parquet"
    try:
        table = read_parquet(path)
    except DataError as exc:
        raise _damaged(path, str(exc.__cause__ or exc)) from exc
    if _digest(path) != digest or not table.schema.equals(schema):
        raise _damaged(path, f"is not the table that {FILE_NAME} was written with")
    return table


def _measure(stored: _Measure) -> Measure:
    fields = {name: getattr(stored, name) for name in ("name", "value", "n", "where", "exact", "note")}
    return Measure(**fields, replicates=tuple(nan if one is None else one for one in stored.replicates))


def _damaged(path: Path, what: str) -> ArtifactError:
    return ArtifactError(f"{path}: {what}\n  hint: the audit was stopped or its files were changed; run it again")


def _digest(path: Path) -> str:
    digest = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as exc:
        raise DataError(f"cannot be removed: {exc.strerror}", path=path) from exc
