"""The bundled job board, copied to where the user can look at it and change it."""

from importlib import resources
from pathlib import Path

from tilth.config import FILE_NAME
from tilth.errors import ConfigError


def copy_jobboard(folder: Path) -> Path:
    """Copy the job board into `folder` and return the path of its tilth.toml. Files already there stay as they are.

    Raises:
        ConfigError: the folder holds another project, or cannot be written.
    """
    settings = folder / FILE_NAME
    if settings.exists() and 'name = "jobboard"' not in settings.read_text(encoding="utf-8", errors="replace"):
        raise ConfigError(f"{settings}: is another project\n  hint: give the demo a folder of its own with --dir")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for entry in (resources.files("tilth.testing") / "jobboard").iterdir():
            target = folder / entry.name
            if entry.is_file() and not target.exists():
                target.write_bytes(entry.read_bytes())
    except OSError as exc:
        raise ConfigError(f"{folder}: the demo cannot be written here: {exc.strerror}") from exc
    return settings
