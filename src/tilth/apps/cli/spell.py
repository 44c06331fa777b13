"""`tilth enrich spell`: build a speller, ask it, ask an LLM where it is unsure"""

from typing import Annotated

import typer

from tilth.apps.cli.console import print_json, say
from tilth.apps.cli.options import (
    DEFAULT_CONFIG,
    EXIT_CODES,
    AsJson,
    BudgetRequests,
    BudgetTokens,
    BudgetUsd,
    ConfigPath,
    PilotSize,
    Resume,
)
from tilth.apps.cli.progress import Bars
from tilth.apps.cli.show_plan import show_plans
from tilth.apps.cli.show_spelling import show_asked, show_explained, show_speller
from tilth.apps.cli.stopped import leave_if_stopped, tell_uncertain

app = typer.Typer(
    help="Build a speller of catalog, query log and known corrections.",
    epilog=f'Examples: tilth enrich spell;  tilth enrich spell check "toliet seat";  tilth enrich spell ask '
    f"--budget-usd 1. {EXIT_CODES}",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.callback()
def spell(context: typer.Context, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Build a speller of catalog, query log and known corrections, and show what it changes in frequent queries.

    Reads [data.items], [data.searches] and the file that [enrich.spell] known names, and asks no LLM. Writes speller/
    and spelling/rules.parquet in the work folder. With known corrections enough it keeps [enrich.spell]
    max_false_corrections; without them it is careful, and cannot say how careful.
    """
    if context.invoked_subcommand is not None:
        return
    from tilth.apps.project import Project

    with Bars() as bars:
        done = Project(config, progress=bars).spelling.build()
    if as_json:
        print_json(done.to_json())
    else:
        show_speller(done)


@app.command("check", epilog='Example: tilth enrich spell check "toliet seat" --json')
def check(
    text: Annotated[str, typer.Argument(help="A query.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Correct one text, and say why: what each word may be, with log odds."""
    from tilth.apps.project import Project

    found = Project(config).spelling.check(text)
    if as_json:
        print_json(found.to_json())
    else:
        show_explained(found)


@app.command("plan", epilog="Examples: tilth enrich spell plan;  tilth enrich spell plan --pilot 50 --json")
def plan(config: ConfigPath = DEFAULT_CONFIG, pilot: PilotSize = 0, as_json: AsJson = False) -> None:
    """Say what `ask` would ask and take, with intervals, before it is paid for."""
    from tilth.apps.project import Project

    with Bars() as bars:
        made = Project(config, progress=bars).spelling.plan(pilot=pilot)
    show_plans([made], as_json=as_json)


@app.command("ask", epilog="Example: tilth enrich spell ask --budget-usd 1")
def ask(
    config: ConfigPath = DEFAULT_CONFIG,
    budget_usd: BudgetUsd = None,
    budget_tokens: BudgetTokens = None,
    budget_requests: BudgetRequests = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Ask the LLM of [enrich] about frequent queries that the speller is unsure of, and keep what it settles.

    A run that meets its budget, or [budget], stops cleanly with exit code 6 and says what is left.
    """
    from tilth.apps.project import Project
    from tilth.llm import Limits

    with Bars() as bars:
        project = Project(config, progress=bars)
        run = project.spelling.ask(limits=Limits(budget_usd, budget_tokens, budget_requests), resume=resume)
    if as_json:
        print_json(run.to_json())
    else:
        show_asked(run)
    tell_uncertain(project)
    leave_if_stopped("tilth enrich spell ask", config, [run])


@app.command("forget", epilog="Example: tilth enrich spell forget model:cheap")
def forget(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Who settled them: model:<name of its [llm.NAME]>.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Take back what a model has settled; its answers stay in the store, and asking again costs nothing."""
    from tilth.apps.project import Project

    count = Project(config).spelling.forget(source)
    if as_json:
        print_json({"source": source, "forgotten": count})
    else:
        say(f"{count:,} queries that {source} had settled are open again")
