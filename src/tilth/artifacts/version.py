"""Which student this is: a hash of everything that a score depends on."""

import hashlib
from pathlib import Path

from tilth.artifacts.filter import Filter
from tilth.errors import ArtifactError

_LENGTH = 12
_PATTERNS = ("manifest.json", "features.json", "model.json", "*.parquet", "trees_*.txt")


def student_version(folder: Path) -> str:
    """Twelve hexadecimal digits of a SHA-256 over the student's files, without calibration and threshold.

    Raises:
        ArtifactError: a file cannot be read.
    """
    found = hashlib.sha256()
    for path in sorted(path for pattern in _PATTERNS for path in folder.glob(pattern)):
        try:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as exc:
            raise ArtifactError(f"{path}: cannot be read: {exc.strerror}") from exc
        found.update(f"{path.name}\0{content}\n".encode())
    return found.hexdigest()[:_LENGTH]


def threshold_version(chosen: Filter, threshold_p: float | None) -> str:
    """Twelve hexadecimal digits over the calibration and the threshold that decide; `threshold_p` replaces the
    certified one."""
    settings = chosen.settings
    used = f"p {threshold_p!r}" if threshold_p is not None else f"raw {settings.threshold!r}"
    return hashlib.sha256(f"{settings.slope!r} {settings.intercept!r} {used}".encode()).hexdigest()[:_LENGTH]
