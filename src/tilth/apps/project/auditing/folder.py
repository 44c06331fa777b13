"""The folder of an audit: nothing of the user's is written over, and that it can be written is known beforehand."""

import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from tilth.audit.stored import ALL_SCHEMAS, FILE_NAME, is_audit
from tilth.data import DataConfig, is_of_log
from tilth.data.files import resolve_path
from tilth.errors import DataError

REPORT_NAME = "report.html"
MARK = ".tilth-audit"
"""Lies in a folder while an audit is written: a folder that a killed one left half written can be written again."""


def prepare_folder(folder: Path, data: DataConfig, base: Path) -> None:
    """Make the folder, and write and remove a file in it.

    Raises:
        DataError: an audit would overwrite a file of the project's data or become part of a log, the folder holds
            files of these names that no audit wrote, or it cannot be written.
    """
    targets = [folder / name for name in (*(f"{name}.parquet" for name in ALL_SCHEMAS), FILE_NAME, REPORT_NAME)]
    inputs = {Path(path).resolve() for path in _single_files(data, base)}
    for target in targets:
        if target.resolve() in inputs:
            raise _refused(target, "is a file of your data, which the audit would overwrite")
        for source in (data.events, data.searches):
            if source is not None and is_of_log(source.path, target, base=base):
                raise _refused(target, f"would be read as a part of the log {source.path}")
    found = [target.name for target in targets if target.exists()]
    if found and not (folder / MARK).exists() and not is_audit(folder):
        raise _refused(folder, f"holds {found[0]}, which no audit wrote")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=MARK):
            pass
    except OSError as exc:
        raise DataError(f"cannot be written: {exc.strerror}", path=folder, hint="name another folder: --out") from exc


@contextmanager
def writing_audit(folder: Path) -> Generator[None]:
    """What is written in the block is known as an audit's, even if it never gets to its end.

    Raises:
        DataError: the folder cannot be written.
    """
    mark = folder / MARK
    try:
        mark.touch()
        yield
        mark.unlink(missing_ok=True)
    except OSError as exc:
        raise DataError(f"cannot be written: {exc.strerror}", path=folder) from exc


def _single_files(data: DataConfig, base: Path) -> Iterator[str]:
    """Everything that `[data]` names but the logs, which may be folders and patterns."""
    for source in (data.items, data.contexts, data.pairs, data.gold, *data.judgments):
        if source is not None and "://" not in (path := resolve_path(source.path, base)):
            yield path


def _refused(path: Path, why: str) -> DataError:
    return DataError(why, path=path, hint="name another folder: --out work/audit-new")
