"""The folder in the work folder for what does not fit into memory."""

import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tilth.errors import DataError
from tilth.llm.store.owner import is_dead, new_owner

PREFIX = ".spill-"
OWNER_NAME = "owner"
LEFT_BEHIND_S = 3 * 24 * 3600
"""Age from which a folder is removed whose owner is on another machine, so that nothing tells whether it lives."""


@contextmanager
def spill_folder(work: Path) -> Generator[Path]:
    """An empty folder that workers of a cluster see too, where they see `work`; removed at the end.

    What killed processes left there is removed first.

    Raises:
        DataError: `work` cannot be written.
    """
    try:
        work.mkdir(parents=True, exist_ok=True)
        _remove_left_behind(work)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=work)).resolve()
        (folder / OWNER_NAME).write_text(new_owner(), encoding="utf-8")
        rows = folder / "rows"
        rows.mkdir()
    except OSError as exc:
        raise DataError(f"cannot be written: {exc.strerror}", path=work) from exc
    try:
        yield rows
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_left_behind(work: Path) -> None:
    for folder in work.glob(f"{PREFIX}*"):
        try:
            owner = (folder / OWNER_NAME).read_text(encoding="utf-8")
        except (OSError, ValueError):  # it may be about to be written
            owner = ""
        if is_dead(owner) or _age(folder) > LEFT_BEHIND_S:
            shutil.rmtree(folder, ignore_errors=True)


def _age(folder: Path) -> float:
    """Seconds; 0 for a folder that its owner has just removed."""
    try:
        return time.time() - folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0
