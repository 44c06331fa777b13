"""`tilth enrich plan` and `tilth enrich attributes`"""

import typer

from tilth.apps.cli.console import money, print_json, print_table, say
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


@app.command("attributes", epilog="Example: tilth enrich attributes --config my-project/tilth.toml")
def attributes(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Read the attributes of [enrich] out of every context and item, once each."""
    from tilth.apps.project import Project

    with Bars() as bars:
        runs = Project(config, progress=bars).read_attributes()
    if as_json:
        print_json([run.to_json() for run in runs])
        return
    columns = ["entities", "asked", "read", "failed", "calls", "cached", "cost"]
    rows = [(r.role, r.asked, r.read, len(r.failures), r.tally.calls, r.tally.cached, money(r.cost_usd)) for r in runs]
    print_table("", columns, rows)
    for r in runs:
        filled = ", ".join(f"{name} {100 * share:.0f} %" for name, share in r.filled.items())
        say(f"{r.role}: stated in the text: {filled}")
        for failure in r.failures[:5]:
            say(f"{r.role} {failure.id} could not be read: {failure.error}")
