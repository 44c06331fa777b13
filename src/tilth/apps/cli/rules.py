"""`tilth enrich rules prove`, `export`, `show` and `rollback`"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from tilth.apps.cli.console import note, print_json, say
from tilth.apps.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath
from tilth.apps.cli.progress import Bars
from tilth.apps.cli.show_rules import show_proved, show_rules

app = typer.Typer(
    help="Synonyms, expansions and corrections: prove them on judged queries, export them to a search engine.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

FormatName = Literal[
    "algolia", "csv", "elasticsearch", "json", "meilisearch", "opensearch", "solr", "tantivy", "typesense", "vespa"
]
RulesFile = Annotated[
    str | None,
    typer.Argument(metavar="[RULES]", help="CSV, JSONL or Parquet; the proved rules in force if not said."),
]

_LISTED = 20


@app.command("prove", epilog="Example: tilth enrich rules prove rules.csv --config my-project/tilth.toml")
def prove(
    rules: Annotated[str, typer.Argument(metavar="RULES", help="File of rules: CSV, JSONL or Parquet.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Replay rules on the judged queries of [data.gold], and keep what helps on queries it has not seen.

    They are searched with in the embedded index of [data.items]. What may ship is written as a new generation with its
    evidence, and comes into force; where nothing is kept, what was in force stays.
    """
    from tilth.apps.project import Project

    with Bars() as bars:
        proved = Project(config, progress=bars).prove_rules(rules)
    if as_json:
        print_json(proved.to_json())
    else:
        show_proved(proved)
        _tell_stale(proved.stale)


@app.command(
    "export",
    epilog="Examples: tilth enrich rules export --format solr --out solr;  "
    "tilth enrich rules export rules.csv --format vespa --out vespa --on-misfit skip",
)
def export(
    format: Annotated[FormatName, typer.Option(help="Search engine, or plain file.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    rules: RulesFile = None,
    on_misfit: Annotated[
        Literal["refuse", "skip"], typer.Option(help="What to do if rules go beyond the engine's limits or grammar.")
    ] = "refuse",
    name: Annotated[str, typer.Option(help="What the engine will know the rules by.")] = "tilth",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Write rules as a search engine reads them. All of them are checked before a file is written."""
    from tilth.apps.project.enriching import ruling

    exported = ruling.export(rules, config, out, format, on_misfit=on_misfit, name=name)
    if as_json:
        print_json(exported.to_json())
        return
    say(f"{exported.rules:,} rules for {exported.format}:")
    for path in exported.files:
        say(f"  {path}")
    for line in exported.notes:
        say(f"- {line}")
    for misfit in exported.skipped[:_LISTED]:
        note(f"left out {misfit}; {misfit.advice}")
    if len(exported.skipped) > _LISTED:
        note(f"... and {len(exported.skipped) - _LISTED:,} more that were left out (--json lists all)")


@app.command("show", epilog="Examples: tilth enrich rules show;  tilth enrich rules show rules.csv --limit 20")
def show(
    rules: RulesFile = None,
    limit: Annotated[int, typer.Option(min=1, help="List so many rules; --json lists all.")] = 50,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List the rules of a file, or the proved ones in force with their evidence."""
    from tilth.apps.project.enriching import ruling

    shown = ruling.look(rules, config)
    if as_json:
        print_json(shown.to_json())
    else:
        show_rules(shown, limit)


@app.command("rollback", epilog="Example: tilth enrich rules rollback --config my-project/tilth.toml")
def rollback(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Put the rules back in force that were before the present ones. Nothing is deleted."""
    from tilth.apps.project import Project

    project = Project(config)
    generation, stale = project.roll_back_rules(), project.expanding.stale()
    if as_json:
        print_json({"in_force": generation, "stale": stale})
        return
    if generation is None:
        say("No rules are in force now: take those that were exported out of your engine")
    else:
        say(f"In force now: generation {generation}; export it to your engine again")
    _tell_stale(stale)


def _tell_stale(stale: str | None) -> None:
    """What still answers with other rules than those in force."""
    if stale is not None:
        note(stale)
