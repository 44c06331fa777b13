"""`tilth init`"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from tilth.apps.cli.console import print_json, say
from tilth.apps.cli.options import AsJson

Purpose = Annotated[
    Literal["filter", "audit", "search"],
    typer.Option(
        "--for", help="What it is to hold: all that leads to a filter, what an audit reads, or what a search needs."
    ),
]


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make the project in.")],
    purpose: Purpose = "filter",
    as_json: AsJson = False,
) -> None:
    """Write a commented tilth.toml to fill in."""
    from tilth.apps.project.template import write_template

    path = write_template(folder, purpose)
    if as_json:
        print_json({"config": str(path)})
        return
    say(f"Wrote {path}")
    say("Next: put your files' names and columns into it, then run")
    say(f"  tilth check --config {path}")
    then = {"audit": ["audit"], "search": ["enrich synonyms", "enrich expand"]}.get(purpose, [])
    for command in then:
        say(f"  tilth {command} --config {path}")
