"""`--gaps` and `--gap`, as several commands take them."""

from collections.abc import Sequence
from pathlib import Path

from tilth.errors import ConfigError


def refuse_gap_alone(gaps: Path | None, gap: Sequence[str] | None) -> None:
    """Raises ConfigError where gaps are chosen from nowhere."""
    if gap and gaps is None:
        raise ConfigError("--gap chooses among gaps\n  hint: say where they are with --gaps work/audit")


def gap_words(gaps: Path | None, gap: Sequence[str] | None) -> list[str]:
    """The options as words of a command line."""
    return [] if gaps is None else ["--gaps", str(gaps), *(word for one in gap or () for word in ("--gap", one))]
