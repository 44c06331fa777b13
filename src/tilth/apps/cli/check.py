"""`tilth check`"""

import typer

from tilth.apps.cli.console import print_json, print_table, say
from tilth.apps.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath

SHOWN = 20


def check(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Check the settings and every file they name; lists the rows that cannot be used.

    Exits with 1 if any row cannot be used.
    """
    from tilth.apps.project import Project

    result = Project(config).check()
    if as_json:
        print_json(result.to_json())
    else:
        print_table("", ["read", "rows"], list(result.counts.items()))
        for warning in result.warnings:
            say(f"warning: {warning}")
        if result.rejects:
            count = "1 row" if len(result.rejects) == 1 else f"{len(result.rejects):,} rows"
            say(f"\n{count} cannot be used; listed in {result.rejects_path}")
            shown = [(r.path, r.row, r.column or None, r.reason, r.value) for r in result.rejects[:SHOWN]]
            print_table("", ["file", "row", "column", "reason", "value"], shown, left=5)
        else:
            say("\nEvery row can be used.")
    if result.rejects:
        raise typer.Exit(1)
