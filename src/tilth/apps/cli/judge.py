"""`tilth judge plan`, `tilth judge run` and `tilth judge compare`"""

from typing import TYPE_CHECKING, Annotated

import typer

from tilth.apps.cli.console import figure, money, print_json, print_table, say
from tilth.apps.cli.options import (
    DEFAULT_CONFIG,
    AsJson,
    BudgetRequests,
    BudgetTokens,
    BudgetUsd,
    ConfigPath,
    PilotSize,
    Resume,
)
from tilth.apps.cli.progress import Bars
from tilth.apps.cli.show import show_comparison
from tilth.apps.cli.show_cascade import show_cascade
from tilth.apps.cli.show_plan import show_plans
from tilth.apps.cli.stopped import leave_if_stopped, tell_uncertain

if TYPE_CHECKING:
    from tilth.apps.project.filtering.cascading import CascadeRun, UnfinishedCascade
    from tilth.apps.project.results import JudgeRun

app = typer.Typer(
    help="Label pairs with LLMs, and measure LLMs against gold.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("plan", epilog="Examples: tilth judge plan;  tilth judge plan --pilot 50 --json")
def plan(
    config: ConfigPath = DEFAULT_CONFIG,
    teacher: Annotated[list[str] | None, typer.Option(help="Only this [llm.NAME]; may be repeated.")] = None,
    pilot: PilotSize = 0,
    as_json: AsJson = False,
) -> None:
    """Say what a run would ask and take, with intervals, before it is paid for; shows one question as it is sent."""
    from tilth.apps.project import Project

    with Bars() as bars:
        plans = Project(config, progress=bars).plan("judge", teachers=teacher, pilot=pilot)
    show_plans(plans, as_json=as_json)


@app.command("run", epilog="Example: tilth judge run --teacher frontier --budget-usd 5")
def run(
    config: ConfigPath = DEFAULT_CONFIG,
    teacher: Annotated[list[str] | None, typer.Option(help="Only this [llm.NAME]; may be repeated.")] = None,
    budget_usd: BudgetUsd = None,
    budget_tokens: BudgetTokens = None,
    budget_requests: BudgetRequests = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Label every pair with every teacher, and with the cascade where there is one. No answer is paid for twice.

    A run that meets its budget, or [budget], stops cleanly with exit code 6 and says what is left.
    """
    from tilth.apps.project import Project
    from tilth.llm import Limits

    limits = Limits(budget_usd, budget_tokens, budget_requests)
    with Bars() as bars:
        project = Project(config, progress=bars)
        runs = project.judge(teacher, limits=limits, resume=resume)
        cascade = project.cascade(limits=limits) if project.config.judge.cascade and not teacher else None
    if as_json:
        print_json([run.to_json() for run in (*runs, *([cascade] if cascade else []))])
    else:
        _show(runs, cascade)
    tell_uncertain(project)
    leave_if_stopped("tilth judge run", config, [*runs, *(cascade.runs if cascade else [])])


def _show(runs: "list[JudgeRun]", cascade: "CascadeRun | UnfinishedCascade | None") -> None:
    from tilth.apps.project.filtering.cascading import CascadeRun

    if isinstance(cascade, CascadeRun):
        if runs:
            _show_runs(runs)
        show_cascade(cascade)
    else:
        _show_runs([*runs, *(cascade.runs if cascade else [])])


def _show_runs(runs: "list[JudgeRun]") -> None:
    columns = ["teacher", "pairs", "labelled", "failed", "left", "calls", "cached", "tokens", "cost"]
    rows = [
        (
            r.teacher,
            r.pairs,
            r.labelled,
            r.pairs - r.labelled - r.tally.left,
            r.tally.left or None,
            r.tally.calls,
            r.tally.cached,
            f"{r.tally.prompt_tokens + r.tally.completion_tokens:,}",
            money(r.cost_usd),
        )
        for r in runs
    ]
    print_table("", columns, rows)
    for r in runs:
        for reason, count in r.failures.items():
            say(f"{r.teacher}: {count} failed: {reason}")
        say(f"{r.teacher}: {figure(100 * r.positive_share, 1)} % of the labelled pairs are {r.positive}; {r.path}")


@app.command("compare", epilog="Example: tilth judge compare --json")
def compare(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Measure every source of labels against gold: quality with intervals, coverage, cost, latency."""
    from tilth.apps.project import Project

    comparison = Project(config).compare()
    if as_json:
        print_json(comparison.to_json())
    else:
        show_comparison(comparison)
