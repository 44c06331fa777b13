"""`tilth init`"""

from pathlib import Path
from typing import Annotated

import typer

from tilth.apps.cli.console import print_json, say
from tilth.apps.cli.options import AsJson


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make the project in.")],
    as_json: AsJson = False,
) -> None:
    """Write a commented tilth.toml to fill in."""
    from tilth.apps.project.template import write_template

    path = write_template(folder)
    if as_json:
        print_json({"config": str(path)})
        return
    say(f"Wrote {path}")
    say("Next: put your files' names and columns into it, then run")
    say(f"  tilth check --config {path}")
