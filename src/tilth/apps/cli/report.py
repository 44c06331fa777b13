"""`tilth report`"""

from pathlib import Path
from typing import Annotated

import typer

from tilth.apps.cli.console import print_json, say
from tilth.apps.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath
from tilth.apps.cli.progress import Bars


def report(
    out: Annotated[
        Path | None, typer.Option(help="Where to write; report.html in the work folder if not said.")
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Write one HTML file with everything that was measured; it opens offline."""
    from tilth.apps.project import Project

    with Bars() as bars:
        path = Project(config, progress=bars).report(out)
    if as_json:
        print_json({"report": str(path)})
    else:
        say(f"Report: {path}")
