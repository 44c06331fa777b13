"""`state.json`: how far each file of an export has come at the provider."""

from pathlib import Path

import msgspec

from tilth.errors import DataError
from tilth.llm.batch.api import ENDED, Batch, Counts, Status
from tilth.llm.batch.disk import opened, write_json
from tilth.llm.batch.manifest import Manifest

NAME = "state.json"
FORMAT = 1


class FileState(msgspec.Struct, frozen=True, kw_only=True):
    """One file of requests on its way. The step that was last begun shows in what is not None.

    `uploading` and `creating` are set before the call, the ids after it: where only the first is there, nobody knows
    whether the provider took the call, and it is asked.
    """

    name: str
    uploading: bool = False
    input_file_id: str | None = None
    creating: bool = False
    batch_id: str | None = None
    status: Status | None = None
    counts: Counts | None = None
    trouble: str | None = None
    output_file_id: str | None = None
    error_file_id: str | None = None
    fetched: tuple[str, ...] = ()

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def to_fetch(self) -> list[tuple[str, str]]:
        """Kind and id of the files with results that were not fetched yet."""
        found = (("output", self.output_file_id), ("errors", self.error_file_id))
        return [(kind, file_id) for kind, file_id in found if file_id is not None and file_id not in self.fetched]

    def with_batch(self, batch: Batch) -> "FileState":
        """Brought up to date by what the provider says."""
        return msgspec.structs.replace(
            self,
            input_file_id=batch.input_file_id or self.input_file_id,
            batch_id=batch.id,
            status=batch.status,
            counts=batch.request_counts,
            trouble=_trouble(batch),
            output_file_id=batch.output_file_id,
            error_file_id=batch.error_file_id,
        )


class BatchState(msgspec.Struct, frozen=True, kw_only=True):
    """All files of an export, in the manifest's order."""

    format: int = FORMAT
    export_id: str
    files: tuple[FileState, ...]

    @property
    def submitted(self) -> bool:
        """Whether anything may be at the provider."""
        return any(file.creating or file.batch_id for file in self.files)

    @property
    def ended(self) -> bool:
        return all(file.ended for file in self.files)

    def put(self, file: FileState) -> "BatchState":
        files = tuple(file if one.name == file.name else one for one in self.files)
        return msgspec.structs.replace(self, files=files)


def write_state(state: BatchState, folder: Path) -> None:
    write_json(state, folder / NAME)


def read_state(folder: Path, manifest: Manifest) -> BatchState:
    """The state of an export; that of a fresh one where nothing was begun.

    Raises:
        DataError: the file is damaged, or of another export.
    """
    path = folder / NAME
    if not path.exists():
        files = tuple(FileState(name=file.name) for file in manifest.files)
        return BatchState(export_id=manifest.export_id, files=files)
    with opened(path) as file:
        content = file.read()
    try:
        state = msgspec.json.decode(content, type=BatchState)
    except (msgspec.DecodeError, ValueError) as exc:
        hint = "move it away; what was submitted is found again at the provider, and not submitted twice"
        raise DataError(f"is damaged: {exc}", path=path, hint=hint) from exc
    known = (manifest.export_id, [file.name for file in manifest.files])
    if state.format != FORMAT or known != (state.export_id, [file.name for file in state.files]):
        raise DataError("is the state of another export", path=path, hint="was it copied here? move it away")
    return state


def _trouble(batch: Batch) -> str | None:
    """The first of a batch's own errors as one sentence."""
    errors = (batch.errors.data if batch.errors else None) or []
    if not errors:
        return None
    first = errors[0]
    line = f" (line {first.line})" if first.line is not None else ""
    more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
    return f"{first.message or first.code or 'no reason given'}{line}{more}"
