"""Options that all commands share."""

from pathlib import Path
from typing import Annotated

import typer

ConfigPath = Annotated[Path, typer.Option("--config", "-c", help="The project's settings.", show_default=True)]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for programs.")]
PilotSize = Annotated[int, typer.Option("--pilot", min=0, help="Ask, and pay for, so many questions drawn at random.")]

BudgetUsd = Annotated[float | None, typer.Option(min=0, help="Spend at most so many dollars now, then stop cleanly.")]
BudgetTokens = Annotated[int | None, typer.Option(min=0, help="Take at most so many tokens now.")]
BudgetRequests = Annotated[int | None, typer.Option(min=0, help="Make at most so many requests now.")]
Resume = Annotated[bool, typer.Option("--resume", help="Take up what was stopped, interrupted or killed.")]

GapsPath = Annotated[
    Path | None, typer.Option("--gaps", help="Only what an audit found thin: its folder, or its gaps.parquet.")
]
GapIds = Annotated[list[str] | None, typer.Option("--gap", help="Only the gap of this id; may be repeated.")]

DEFAULT_CONFIG = Path("tilth.toml")
EXIT_CODES = (
    "Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 unusable data, 4 LLM, 5 artifact, 6 stopped before the "
    "end and can be resumed, 130 interrupted."
)
