"""`tilth enrich expand`: query understanding, and its table of frequent queries"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from tilth.apps.cli.console import print_json, say
from tilth.apps.cli.options import DEFAULT_CONFIG, EXIT_CODES, AsJson, ConfigPath
from tilth.apps.cli.progress import Bars
from tilth.apps.cli.show_expand import rules_in_words, show_expanded

app = typer.Typer(
    help="Say what queries ask for: category, attributes, and what to search for besides.",
    epilog=f"Examples: tilth enrich expand;  tilth enrich expand export --out lookup.csv. {EXIT_CODES}",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.callback()
def expand(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    candidates: Annotated[
        bool, typer.Option("--candidates", help="Serve the mined rules, though nothing has proved them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Learn what each item is and what queries ask for, and build what answers for queries, work/understanding.

    It serves the proved rules in force (`tilth enrich rules prove`), and none where there are none. Categories of
    queries are learned from titles, from clicks in [data.searches], and from judgments where [enrich.expand]
    contexts_are_queries is true; how good they are is measured on queries that the model had not seen. Asks no LLM.
    """
    if context.invoked_subcommand is not None:
        return
    from tilth.apps.project import Project

    with Bars() as bars:
        done = Project(config, progress=bars).expanding.build(candidates=candidates)
    if as_json:
        print_json(done.to_json())
    else:
        show_expanded(done)


@app.command("export", epilog="Example: tilth enrich expand export --out lookup.csv")
def export(
    out: Annotated[Path, typer.Option(help="File to write: .csv, .jsonl or .parquet.")],
    format: Annotated[
        Literal["csv", "jsonl", "parquet"] | None, typer.Option(help="If the file's name does not say it.")
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Write the frequent queries with category, p, attributes and expansions as a table, the same bytes each time."""
    from tilth.apps.project import Project

    done = Project(config).expanding.export(out, format)
    if as_json:
        print_json(done.to_json())
        return
    say(f"{done.queries:,} queries in {done.path}, of understanding {done.version}; {rules_in_words(done.rules)}")
