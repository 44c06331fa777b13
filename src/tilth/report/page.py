"""From blocks to one HTML file: nothing is loaded from elsewhere, and nothing but its own script may run."""

import base64
import hashlib
import os
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tilth.errors import DataError
from tilth.report.blocks import Page

TEMPLATES = "templates"


def draw_page(page: Page) -> str:
    """The page as HTML. Every text in it is escaped, unless it is markup."""
    style, script = _asset("report.css"), _asset("sort.js")
    return _template().render(page=page, style=style, script=script, policy=_policy(style, script))


def write_page(html: str, path: Path) -> Path:
    """Write `html` into the file `path`, replacing what was there, and return `path`.

    Raises:
        DataError: the file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(html, encoding="utf-8", newline="\n")
        temporary.replace(path)
    except OSError as exc:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise DataError(f"the report cannot be written: {exc.strerror}", path=path) from exc
    return path


@cache
def _template() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tilth.report", TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")


@cache
def _asset(name: str) -> Markup:
    """A shipped file, as it goes into the page."""
    text = files("tilth.report").joinpath(TEMPLATES, name).read_text(encoding="utf-8").strip()
    return Markup(text)  # noqa: S704 - our own file


def _policy(style: str, script: str) -> str:
    """A content security policy that lets only this very style and script in."""
    allowed = {"style-src": _digest(style), "script-src": _digest(script), "img-src": "data:"}
    rules = ["default-src 'none'", *(f"{rule} {source}" for rule, source in allowed.items())]
    return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
