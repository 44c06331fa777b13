"""`tilth enrich plan`, and the group of what `tilth enrich` does"""

import typer

from tilth.apps.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, PilotSize
from tilth.apps.cli.progress import Bars
from tilth.apps.cli.show_plan import show_plans

app = typer.Typer(help="Fill in metadata that the catalog lacks.", no_args_is_help=True, rich_markup_mode=None)


@app.command("plan", epilog="Examples: tilth enrich plan;  tilth enrich plan --pilot 50 --json")
def plan(config: ConfigPath = DEFAULT_CONFIG, pilot: PilotSize = 0, as_json: AsJson = False) -> None:
    """Say what reading the attributes would ask and take, with intervals, before it is paid for."""
    from tilth.apps.project import Project

    with Bars() as bars:
        plans = Project(config, progress=bars).plan("enrich", pilot=pilot)
    show_plans(plans, as_json=as_json)
