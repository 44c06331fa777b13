"""`tilth audit` and `tilth audit compare`"""

from pathlib import Path
from typing import Annotated

import typer

from tilth.apps.cli.console import print_json
from tilth.apps.cli.interrupts import interrupts_end
from tilth.apps.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath
from tilth.apps.cli.progress import Bars
from tilth.apps.cli.show_audit import show_audit, show_audits_compared

app = typer.Typer(
    epilog="Examples: tilth audit;  tilth audit --out work/audit-may --before work/audit-april",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.callback()
def audit(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    out: Annotated[Path | None, typer.Option(help="Folder to write to; audit in the work folder if not said.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Only this part: fields, interactions or search; may be repeated.")
    ] = None,
    before: Annotated[Path | None, typer.Option(help="Folder of an earlier audit to compare with.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find where the data is thin, and rank the gaps by demand per dollar.

    Reads the catalog, [data.events] and [data.searches], and asks no LLM. Writes into its folder: report.html (a page
    that opens offline), audit.json (measures, findings, settings), a Parquet file for each table, and gaps.parquet and
    gap_members.parquet, which other commands take with --gaps.
    """
    if context.invoked_subcommand is not None:
        return
    with interrupts_end("stopped; nothing is kept of an audit that was not finished: run it again"), Bars() as bars:
        from tilth.apps.project import Project

        done = Project(config, progress=bars).audit(out=out, only=only, before=before)
    if as_json:
        print_json(done.to_json())
    else:
        show_audit(done, config)


@app.command("compare", epilog="Example: tilth audit compare work/audit-april work/audit-may")
def compare(
    before: Annotated[Path, typer.Argument(help="Folder of the earlier audit.")],
    after: Annotated[Path, typer.Argument(help="Folder of the later one.")],
    as_json: AsJson = False,
) -> None:
    """Say what changed between two audits, with intervals."""
    from tilth.apps.project.auditing.run import compare_audits

    comparison = compare_audits(before, after)
    if as_json:
        print_json(comparison.to_json())
    else:
        show_audits_compared(comparison)
