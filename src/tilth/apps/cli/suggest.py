"""`tilth suggest mine`, `generate`, `build` and `show`"""

from dataclasses import asdict
from typing import Annotated

import typer

from tilth.apps.cli.console import figure, note, print_json, print_table, say
from tilth.apps.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath
from tilth.apps.cli.progress import Bars

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
    say(f"{built.suggestions:,} suggestions{changed}; {built.path}")


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
