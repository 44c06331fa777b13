"""How a command leaves that stopped before its end."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from tilth.apps.cli.console import money, note

if TYPE_CHECKING:
    from tilth.apps.project import JudgeRun, ReadingRun

RESUMABLE = 6


def leave_if_stopped(command: str, runs: "Sequence[JudgeRun | ReadingRun]") -> None:
    """Say on stderr why, what is left and how to go on, and leave with exit code 6; nothing if none was stopped."""
    stopped = [run for run in runs if run.stopped is not None]
    for run in stopped:
        done = run.tally.asked - run.tally.cached
        each = run.cost_usd / done if run.cost_usd is not None and done else None
        rest = f", which at the same cost a piece take {money(each * run.tally.left)}" if each else ""
        note(f"{run.name}: stopped ({run.stopped}); {run.tally.left:,} are left{rest}")
    if stopped:
        note(f"Go on with `{command} --resume`, with room in the budget: --budget-..., or [budget] in tilth.toml.")
        raise typer.Exit(RESUMABLE)
