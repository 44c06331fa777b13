"""How a command leaves that stopped before its end."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tilth.apps.cli.console import money, note
from tilth.apps.cli.options import DEFAULT_CONFIG

if TYPE_CHECKING:
    from tilth.apps.project import JudgeRun, Project, ReadingRun
    from tilth.apps.project.enriching.spelling_asking import SpellAskRun
    from tilth.apps.project.enriching.synonym_asking import AskedPairs, Proposed
    from tilth.apps.project.suggesting.generating import Generation

RESUMABLE = 6


def leave_if_stopped(
    command: str,
    config: Path,
    runs: "Sequence[JudgeRun | ReadingRun | Generation | SpellAskRun | AskedPairs | Proposed]",
) -> None:
    """Say on stderr why, what is left and how to go on, and leave with exit code 6; nothing if none was stopped."""
    stopped = [run for run in runs if run.stopped is not None]
    for run in stopped:
        done = run.tally.asked - run.tally.cached
        each = run.cost_usd / done if run.cost_usd is not None and done else None
        rest = f", which at the same cost a piece take {money(each * run.tally.left)}" if each else ""
        note(f"{run.name}: stopped ({run.stopped}); {run.tally.left:,} are left{rest}")
    if stopped:
        room = ", with more room: --budget-... or [budget]" if any("budget" in str(r.stopped) for r in stopped) else ""
        named = "" if config == DEFAULT_CONFIG else f" --config {config}"
        note(f"Go on with `{command} --resume{named}`{room}.")
        raise typer.Exit(RESUMABLE)


def tell_uncertain(project: "Project") -> None:
    """Say on stderr what counts against the budget though nobody knows whether it was billed."""
    ledger, amount = project.uncertain()
    if amount.requests:
        note(
            f"{amount.requests:,} calls got no answer and may have been billed all the same: up to "
            f"{money(amount.usd)}, {amount.tokens:,} tokens count against [budget]; if the bill shows otherwise: "
            f"tilth llm cache forgive {ledger}"
        )
