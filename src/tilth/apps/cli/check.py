"""`tilth check`"""

from typing import TYPE_CHECKING

import typer

from tilth.apps.cli.console import print_json, print_table, say
from tilth.apps.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath

if TYPE_CHECKING:
    from tilth.apps.project import Check
    from tilth.data import BadRows

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
        _show(result)
    if result.unusable:
        raise typer.Exit(1)


def _show(result: "Check") -> None:
    if result.rejects:
        count = "1 row" if len(result.rejects) == 1 else f"{len(result.rejects):,} rows"
        say(f"\n{count} cannot be used; listed in {result.rejects_path}")
        shown = [(r.path, r.row, r.column or None, r.reason, r.value) for r in result.rejects[:SHOWN]]
        print_table("", ["file", "row", "column", "reason", "value"], shown, left=5)
    if result.bad_rows:
        say("\nIn the logs:")
        rows = [
            (bad.path, bad.column or None, bad.reason, _first(bad), "value left out" if bad.kept else "row", bad.count)
            for bad in result.bad_rows[:SHOWN]
        ]
        print_table("", ["file", "column", "reason", "first row", "what is lost", "rows"], rows, left=5)
    if not result.rejects and not result.bad_rows:
        say("\nEvery row can be used.")


def _first(bad: "BadRows") -> str | None:
    if not bad.rows:
        return None
    return f"{bad.rows[0]}: {bad.examples[0]}" if bad.examples[0] else str(bad.rows[0])
