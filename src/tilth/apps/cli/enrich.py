"""`tilth enrich plan` and `tilth enrich attributes`"""

import shlex
from typing import TYPE_CHECKING

import typer

from tilth.apps.cli.chosen_gaps import gap_words, refuse_gap_alone
from tilth.apps.cli.console import money, print_json, print_table, say
from tilth.apps.cli.options import (
    DEFAULT_CONFIG,
    AsJson,
    BudgetRequests,
    BudgetTokens,
    BudgetUsd,
    ConfigPath,
    GapIds,
    GapsPath,
    PilotSize,
    Resume,
)
from tilth.apps.cli.progress import Bars
from tilth.apps.cli.show_plan import show_plans
from tilth.apps.cli.stopped import leave_if_stopped, tell_uncertain

if TYPE_CHECKING:
    from tilth.apps.project import ReadingRun

app = typer.Typer(help="Fill in metadata that the catalog lacks.", no_args_is_help=True, rich_markup_mode=None)


@app.command("plan", epilog="Examples: tilth enrich plan;  tilth enrich plan --pilot 50 --json")
def plan(config: ConfigPath = DEFAULT_CONFIG, pilot: PilotSize = 0, as_json: AsJson = False) -> None:
    """Say what reading the attributes would ask and take, with intervals, before it is paid for."""
    from tilth.apps.project import Project

    with Bars() as bars:
        plans = Project(config, progress=bars).plan("enrich", pilot=pilot)
    show_plans(plans, as_json=as_json)


@app.command("attributes", epilog="Examples: tilth enrich attributes;  tilth enrich attributes --gaps work/audit")
def attributes(
    config: ConfigPath = DEFAULT_CONFIG,
    gaps: GapsPath = None,
    gap: GapIds = None,
    budget_usd: BudgetUsd = None,
    budget_tokens: BudgetTokens = None,
    budget_requests: BudgetRequests = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Read the attributes of [enrich] out of every context and item, once each; with --gaps only of the items in them.

    A run that meets its budget, or [budget], stops cleanly with exit code 6 and says what is left.
    """
    from tilth.apps.project import Project
    from tilth.llm import Limits

    refuse_gap_alone(gaps, gap)
    limits = Limits(budget_usd, budget_tokens, budget_requests)
    with Bars() as bars:
        project = Project(config, progress=bars)
        runs = project.read_attributes(gaps=gaps, gap_ids=gap or (), limits=limits, resume=resume)
    if as_json:
        print_json([run.to_json() for run in runs])
    else:
        _show(runs)
    tell_uncertain(project)
    leave_if_stopped(shlex.join(["tilth", "enrich", "attributes", *gap_words(gaps, gap)]), config, runs)


def _show(runs: "list[ReadingRun]") -> None:
    columns = ["entities", "asked", "read", "failed", "left", "calls", "cached", "cost"]
    rows = [
        (
            r.role,
            r.asked,
            r.read,
            len(r.failures),
            r.tally.left or None,
            r.tally.calls,
            r.tally.cached,
            money(r.cost_usd),
        )
        for r in runs
    ]
    print_table("", columns, rows)
    for r in runs:
        filled = ", ".join(f"{name} {100 * share:.0f} %" for name, share in r.filled.items())
        say(f"{r.role}: stated in the text: {filled}")
        for failure in r.failures[:5]:
            say(f"{r.role} {failure.id} could not be read: {failure.error}")
