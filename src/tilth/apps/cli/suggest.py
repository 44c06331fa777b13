"""`tilth suggest mine`, `plan`, `generate`, `build`, `show` and `evaluate`"""

import shlex
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tilth.apps.cli.chosen_gaps import gap_words, refuse_gap_alone
from tilth.apps.cli.console import figure, money, note, print_json, print_table, say
from tilth.apps.cli.interrupts import interrupts_end
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
from tilth.apps.cli.show_suggestions import show_evaluation
from tilth.apps.cli.stopped import leave_if_stopped, tell_uncertain

if TYPE_CHECKING:
    from tilth.apps.project.suggesting.generating import Generation
    from tilth.suggest.blend import FittedUsefulness

NOTHING_LEFT = "suggestions reach every item: nothing to write"

DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]

app = typer.Typer(
    help="Offer people queries they would not have thought of.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("mine", epilog="Example: tilth suggest mine --config my-project/tilth.toml")
def mine(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Find candidates: phrases of titles, combinations of facets, rules, and queries of the log."""
    from tilth.apps.project import Project

    with Bars() as bars:
        mined = Project(config, progress=bars).suggest.mine()
    if as_json:
        print_json(mined.to_json())
        return
    print_table("", ["source", "candidates"], [(kind, f"{count:,}") for kind, count in mined.candidates.items()])
    if mined.log:
        log = mined.log
        say(
            f"log: {log['rows']:,} rows, {log['searches']:,} searches to the end, {log['half_typed']:,} half typed; "
            f"{log['queries_of_too_few_people']:,} of {log['queries']:,} queries are of too few people and left out"
        )
        say(f"{mined.related:,} queries that people search for after another, {mined.reworded:,} that mend another")
    for line in mined.notes:
        note(line)
    say(f"Written to {mined.path}")


@app.command("plan", epilog="Examples: tilth suggest plan --pilot 20;  tilth suggest plan --gaps work/audit --json")
def plan(
    config: ConfigPath = DEFAULT_CONFIG,
    gaps: GapsPath = None,
    gap: GapIds = None,
    pilot: PilotSize = 0,
    as_json: AsJson = False,
) -> None:
    """Say which items `generate` would ask about and what that takes, with intervals, before it is paid for."""
    from tilth.apps.project import Project

    refuse_gap_alone(gaps, gap)
    with Bars() as bars:
        plans = Project(config, progress=bars).suggest.plan(gaps=gaps, gap_ids=gap or (), pilot=pilot)
    if plans or as_json:
        show_plans(plans, as_json=as_json)
    else:
        say(NOTHING_LEFT)


@app.command(
    "generate", epilog="Examples: tilth suggest generate --budget-usd 2;  tilth suggest generate --gaps work/audit"
)
def generate(
    config: ConfigPath = DEFAULT_CONFIG,
    gaps: GapsPath = None,
    gap: GapIds = None,
    budget_usd: BudgetUsd = None,
    budget_tokens: BudgetTokens = None,
    budget_requests: BudgetRequests = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Let an LLM write queries for the items that no suggestion reaches, most demand per dollar first.

    A run that meets its budget, or [budget], stops cleanly with exit code 6 and says what is left.
    """
    from tilth.apps.project import Project
    from tilth.llm import Limits

    refuse_gap_alone(gaps, gap)
    limits = Limits(budget_usd, budget_tokens, budget_requests)
    with Bars() as bars:
        project = Project(config, progress=bars)
        runs = project.suggest.generate(gaps=gaps, gap_ids=gap or (), limits=limits, resume=resume)
    if as_json:
        print_json([run.to_json() for run in runs])
    else:
        _show_generation(runs)
    tell_uncertain(project)
    leave_if_stopped(shlex.join(["tilth", "suggest", "generate", *gap_words(gaps, gap)]), config, runs)


def _show_generation(runs: "list[Generation]") -> None:
    if not runs:
        say(NOTHING_LEFT)
    for run in runs:
        columns = ["writer", "items", "queries", "calls", "cached", "left", "cost"]
        tally = run.tally
        row = (run.name, run.items, run.queries, tally.calls, tally.cached, tally.left or None, money(run.cost_usd))
        print_table("", columns, [row])
        for reason, count in run.rejected.items():
            say(f"{count:,} of the queries: {reason}")
        for reason, count in run.failures.items():
            say(f"{count:,} items got no usable answer: {reason}")
        found = run.overlap
        say(
            f"words that stand in the title too: {figure(found.with_source, 2)} with the query's own item, "
            f"{figure(found.with_best, 2)} with its best result (people's queries: {figure(found.people_with_best, 2)})"
        )
        say(f"Written to {run.path}; `tilth suggest build` filters them")


@app.command("build", epilog="Examples: tilth suggest build;  tilth suggest build --json")
def build(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Filter the candidates and write the suggester. Every rejected one keeps its reason, in suggestions.parquet."""
    from tilth.apps.project import Project

    with Bars() as bars:
        built = Project(config, progress=bars).suggest.build()
    if as_json:
        print_json(built.to_json())
        return
    kinds = list(built.counts)
    reasons = dict.fromkeys(reason for counts in built.counts.values() for reason in counts)
    rows = [(reason, *(built.counts[kind].get(reason) for kind in kinds)) for reason in reasons]
    print_table("", ["", *kinds], rows)
    changed = f", {built.added:,} of them new or changed, {built.removed:,} removed" if built.updated else ""
    ranked = "; in the order that was learned" if built.ranked else ""
    say(f"{built.suggestions:,} suggestions{changed}{ranked}; {built.path}")
    say(_of_usefulness(built.usefulness))


def _of_usefulness(found: "FittedUsefulness") -> str:
    """What decides between suggestions and instant results, and what it gains."""
    if not found.searches:
        return "how useful a line is goes by the defaults: no log with clicks says more"
    if found.log_loss is None or found.first is None:
        return (
            f"how useful a line is goes by the defaults: {found.searches:,} clicked searches are too few to learn from"
        )
    if not found.usefulness.searches:
        return f"how useful a line is goes by the defaults: {found.searches:,} clicked searches teach nothing better"
    gain = f"{found.first.value:+.3f} [{found.first.low:+.3f}, {found.first.high:+.3f}]"
    return (
        f"how useful a line is was learned from {found.searches:,} clicked searches: on those held out the reciprocal "
        f"rank of the first line that was wanted is {gain} over three suggestions above all results"
    )


@app.command("show", epilog="Example: tilth suggest show dri --limit 5")
def show(
    prefix: Annotated[str, typer.Argument(help="What somebody has typed so far.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="Suggestions, at most.")] = 10,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Print what is suggested for a prefix."""
    from tilth.apps.project import Project

    found = Project(config).suggest.show(prefix, limit)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        say(f"nothing is suggested for '{prefix}'")
        return
    rows = [(one.query, one.source, one.category or None, figure(one.score, 2), one.edits or None) for one in found]
    print_table("", ["suggestion", "source", "category", "score", "edits"], rows, left=3)


@app.command("evaluate", epilog="Examples: tilth suggest evaluate;  tilth suggest evaluate --since 2026-05-01 --json")
def evaluate(
    config: ConfigPath = DEFAULT_CONFIG,
    held_out_days: Annotated[float | None, typer.Option(help="Hold out so many days at the end of the log.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=DATES, help="Hold out all from here on (UTC).")] = None,
    share: Annotated[float, typer.Option(help="Hold out so much of the log, if neither is said.")] = 0.2,
    chars: Annotated[
        list[int] | None, typer.Option(min=1, help="Look after so many characters; may be repeated. 3, 6 and 10.")
    ] = None,
    searches: Annotated[int, typer.Option(min=1, help="Type so many held-out searches, at most.")] = 5_000,
    as_json: AsJson = False,
) -> None:
    """Measure suggestions on later searches, and what each source adds: titles, facets, log, LLM, and a learned order.

    Splits the log by time, mines and builds from its earlier part, and types the searches of the later one. Asks no
    LLM, and leaves the suggester in the work folder as it is.
    """
    from tilth.apps.project import Project

    with interrupts_end("stopped; nothing of it is kept: run it again"), Bars() as bars:
        run = Project(config, progress=bars).suggest.evaluate(
            held_out_days=held_out_days, since=since, share=share, chars=chars or (3, 6, 10), searches=searches
        )
    if as_json:
        print_json(run.to_json())
    else:
        show_evaluation(run)
