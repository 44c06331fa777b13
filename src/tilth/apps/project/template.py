"""The commented tilth.toml that `tilth init` writes."""

from importlib import resources
from pathlib import Path
from typing import Literal

from tilth.config import FILE_NAME
from tilth.errors import ConfigError

Purpose = Literal["filter", "audit", "search"]
TEMPLATES: dict[Purpose, str] = {
    "filter": "template.toml",
    "audit": "template_audit.toml",
    "search": "template_search.toml",
}


def write_template(folder: Path, purpose: Purpose = "filter") -> Path:
    """Write the one for `purpose` into `folder` (made if missing) and return its path.

    Raises:
        ConfigError: there is a tilth.toml already, or the folder cannot be written.
    """
    path = folder / FILE_NAME
    content = (resources.files("tilth.apps.project") / TEMPLATES[purpose]).read_text(encoding="utf-8")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError as exc:
        raise ConfigError(f"{path}: exists already\n  hint: choose another folder, or remove it first") from exc
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be written: {exc.strerror}") from exc
    return path
