"""Auditing an example's files and showing what was found."""

import shutil
from pathlib import Path

import tilth
from tilth.apps.cli.show_audit import show_audit


def audit_here(settings: Path, folder: Path) -> None:
    """Audit the files in `folder` with a copy of `settings` beside them; the report goes below `folder` too."""
    shutil.copyfile(settings, folder / "tilth.toml")
    show_audit(tilth.Project(folder / "tilth.toml").audit())
