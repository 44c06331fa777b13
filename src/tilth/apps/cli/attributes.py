"""`tilth enrich attributes`: read attributes, check them against gold, sample them, resolve conflicts"""

import shlex
from pathlib import Path
from typing import Annotated, Literal

import typer

from tilth.apps.cli.chosen_gaps import gap_words, refuse_gap_alone
from tilth.apps.cli.console import print_json, say
from tilth.apps.cli.options import (
    DEFAULT_CONFIG,
    EXIT_CODES,
    AsJson,
    BudgetRequests,
    BudgetTokens,
    BudgetUsd,
    ConfigPath,
    GapIds,
    GapsPath,
    Resume,
)
from tilth.apps.cli.progress import Bars
from tilth.apps.cli.show_attributes import show_checked, show_read
from tilth.apps.cli.stopped import leave_if_stopped, tell_uncertain

app = typer.Typer(
    help="Read the attributes of [enrich] out of every context and item that lacks them.",
    epilog="Examples: tilth enrich attributes;  tilth enrich attributes --gaps work/audit;  tilth enrich attributes "
    f"check --gold gold.csv. {EXIT_CODES}",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.callback()
def attributes(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    gaps: GapsPath = None,
    gap: GapIds = None,
    budget_usd: BudgetUsd = None,
    budget_tokens: BudgetTokens = None,
    budget_requests: BudgetRequests = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Read the attributes of [enrich] out of every context and item that lacks them; with --gaps only of the items in
    them. Values that the catalog holds are kept; where another one was read, attributes/conflicts.csv lists both.

    A run that meets its budget, or [budget], stops cleanly with exit code 6 and says what is left.
    """
    if context.invoked_subcommand is not None:
        return
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
        show_read(runs)
    tell_uncertain(project)
    leave_if_stopped(shlex.join(["tilth", "enrich", "attributes", *gap_words(gaps, gap)]), config, runs)


@app.command("check", epilog="Example: tilth enrich attributes check --gold gold.csv --source human:ann")
def check(
    gold: Annotated[str | None, typer.Option(help="CSV with item_id or context_id, attribute and value.")] = None,
    source: Annotated[
        str | None, typer.Option(help="Who looked the values up, if the file does not say: human:<name>, rule:<name>.")
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Measure what was read against gold: precision and recall of each attribute, and whether confidence means what it
    says. Asks no LLM.

    Gold is the file --gold, or that of [enrich.gold]; and the catalog's own columns where only_missing = false.
    """
    from tilth.apps.project import Project

    checked = Project(config).attributes.check(gold, source=source)
    if as_json:
        print_json(checked.to_json())
    else:
        show_checked(checked)


@app.command("sample", epilog="Example: tilth enrich attributes sample 200 --out gold.csv")
def sample(
    n: Annotated[int, typer.Argument(metavar="N", min=1, help="How many values to look up.")],
    out: Annotated[Path, typer.Option(help="CSV file to write; must not exist.")],
    side: Annotated[
        Literal["context", "item"] | None, typer.Option(help="Of what [default: items, where they have attributes].")
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Write a sheet for people to fill in: values drawn at random, as many of each attribute, without what was read.

    In the column `value` put what the text states, - where it states nothing; leave it empty to skip. In `source` put
    human:<name>.
    """
    from tilth.apps.project import Project

    sheet = Project(config).attributes.sample(n, out, side=side)
    if as_json:
        print_json(sheet.to_json())
        return
    say(f"{sheet.values:,} values of {sheet.entities:,} texts to look up: {sheet.path}")
    say(f"next: fill in `value` and `source`, then tilth enrich attributes check --gold {sheet.path}")


@app.command("accept", epilog="Example: tilth enrich attributes accept work/attributes/conflicts.csv")
def accept(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The list of conflicts, its last column filled in.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Resolve conflicts: `read` in the column `resolution` takes what was read, `existing` keeps what there was, empty
    leaves it open, which keeps it too. All of the file or, if a row is wrong, nothing. It can be run again."""
    from tilth.apps.project import Project

    accepted = Project(config).attributes.accept(file)
    if as_json:
        print_json(accepted.to_json())
    else:
        say(
            f"{accepted.read:,} values are taken as they were read, {accepted.existing:,} existing ones are confirmed, "
            f"{accepted.open:,} conflicts stay open"
        )
