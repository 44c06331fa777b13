"""`tilth enrich synonyms`"""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tilth.apps.cli.batch import Export, Out, Paths, export_step, import_step
from tilth.apps.cli.console import money, print_json, print_table, say
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
from tilth.apps.cli.stopped import leave_if_stopped, tell_uncertain

if TYPE_CHECKING:
    from tilth.apps.project.enriching.mined import Mined
    from tilth.apps.project.enriching.synonym_asking import AskedPairs, Proposed
    from tilth.apps.project.enriching.synonyms import Found

What = Annotated[
    Literal["verdicts", "proposals"],
    typer.Option("--of", help="Questions about pairs of terms, or about queries that find nothing."),
]

app = typer.Typer(
    help="Look for words that may stand for each other, in catalog, log and an LLM's answers.",
    epilog="Examples: tilth enrich synonyms;  tilth enrich synonyms --limit 500 --budget-usd 2;  "
    f"tilth enrich synonyms propose. {EXIT_CODES}",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.callback()
def synonyms(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    limit: Annotated[int | None, typer.Option(min=0, help="Ask the LLM about at most so many new pairs.")] = None,
    budget_usd: BudgetUsd = None,
    budget_tokens: BudgetTokens = None,
    budget_requests: BudgetRequests = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Look for words that may stand for each other, in the catalog, in [data.searches] and in what was proposed.

    With [enrich.synonyms] llm each pair is asked about once; what was dismissed stays so. A run that meets its budget,
    or [budget], stops cleanly with exit code 6 and says what is left. Nothing is in force before `tilth enrich rules
    prove` has kept it.
    """
    if context.invoked_subcommand is not None:
        return
    from tilth.apps.project import Project
    from tilth.llm import Limits

    limits = Limits(budget_usd, budget_tokens, budget_requests)
    with Bars() as bars:
        project = Project(config, progress=bars)
        found = project.synonyms.mine(limits=limits, limit=limit, resume=resume)
    if as_json:
        print_json(found.to_json())
    else:
        _show_found(found)
    tell_uncertain(project)
    leave_if_stopped("tilth enrich synonyms", config, [found.run] if found.run else [])


@app.command("propose", epilog="Examples: tilth enrich synonyms propose;  tilth enrich synonyms propose --budget-usd 1")
def propose(
    config: ConfigPath = DEFAULT_CONFIG,
    budget_usd: BudgetUsd = None,
    budget_tokens: BudgetTokens = None,
    budget_requests: BudgetRequests = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Ask the LLM which terms of the catalog stand for words of queries that find nothing, or that few people ask.

    A term that the catalog lacks is rejected. What is left joins the candidates of `tilth enrich synonyms`. A run that
    meets its budget, or [budget], stops cleanly with exit code 6 and says what is left.
    """
    from tilth.apps.project import Project
    from tilth.llm import Limits

    with Bars() as bars:
        project = Project(config, progress=bars)
        run = project.synonyms.propose(limits=Limits(budget_usd, budget_tokens, budget_requests), resume=resume)
    if as_json:
        print_json(run.to_json())
    else:
        _show_proposed(run)
    tell_uncertain(project)
    leave_if_stopped("tilth enrich synonyms propose", config, [run])


@app.command(
    "plan", epilog="Examples: tilth enrich synonyms plan;  tilth enrich synonyms plan --of proposals --pilot 50"
)
def plan(
    config: ConfigPath = DEFAULT_CONFIG, of: What = "verdicts", pilot: PilotSize = 0, as_json: AsJson = False
) -> None:
    """Say what the LLM would be asked and what it would take, with intervals, before it is paid for."""
    from tilth.apps.project import Project

    with Bars() as bars:
        made = Project(config, progress=bars).synonyms.plan(of, pilot=pilot)
    show_plans([made], as_json=as_json)


@app.command("dismiss", epilog='Example: tilth enrich synonyms dismiss "black" "white" --by catalog-team')
def dismiss(
    source: Annotated[str, typer.Argument(help="A term.")],
    target: Annotated[str, typer.Argument(help="One that does not stand for it.")],
    by: Annotated[str, typer.Option(help="The person or team that says so.")],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Dismiss a pair for good: a person's word stands before any model's."""
    from tilth.apps.project import Project

    Project(config).synonyms.dismiss(source, target, by)
    say("dismissed; `tilth enrich synonyms` takes it out of the candidates")


@app.command("export", epilog="Example: tilth enrich synonyms export --of proposals --out for-the-provider")
def export(
    config: ConfigPath = DEFAULT_CONFIG, of: What = "verdicts", out: Out = None, as_json: AsJson = False
) -> None:
    """Write the questions that have no answer yet as batch files."""
    export_step("proposals" if of == "proposals" else "synonyms", config, None, out, as_json)


@app.command("import", epilog="Example: tilth enrich synonyms import work/batches/synonyms-judge-001")
def import_(paths: Paths, config: ConfigPath = DEFAULT_CONFIG, export: Export = None, as_json: AsJson = False) -> None:
    """Read results of batches; the next run takes its answers from them."""
    import_step(("synonyms", "proposals"), paths, config, export, as_json)


def _show(mined: "Mined") -> None:
    found = mined.to_json()
    print_table("", ["miner", "rules"], [(one["name"], one["rules"]) for one in found["miners"]])
    for one in found["miners"]:
        say(f"{one['name']}: {'; '.join(one['examples'])}")
    say(f"candidates in {mined.path}; nothing is in force before `tilth enrich rules prove` has kept it")


def _show_found(found: "Found") -> None:
    if found.run is not None and found.run.asked:
        _show_run(found.run)
    if found.dismissed:
        say(f"{found.dismissed:,} pairs are dismissed for good")
    _show(found.mined)


def _show_run(run: "AskedPairs | Proposed") -> None:
    failed, left = sum(run.failed.values()), run.tally.left or None
    columns = ["llm", "asked", "failed", "left", "calls", "cached", "cost"]
    print_table(
        "",
        columns,
        [(run.name, run.asked, failed, left, run.tally.calls, run.tally.cached, money(run.cost_usd))],
    )
    for reason, count in run.failed.items():
        say(f"{run.name}: {count:,} failed: {reason}")


def _show_proposed(run: "Proposed") -> None:
    _show_run(run)
    for reason, count in run.rejected.items():
        say(f"rejected: {count:,}, {reason}")
    some = f", such as {'; '.join(run.examples)}" if run.examples else ""
    say(f"usable terms: {run.usable:,}{some}; all are in {run.path}")
    say("next: tilth enrich synonyms")
