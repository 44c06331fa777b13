"""How a run ended, kept in the work folder, so that one that was stopped or killed can be taken up again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tilth.data import read_json, write_json
from tilth.errors import ConfigError, LLMError
from tilth.llm import Tally

Name = TypeVar("Name", bound=str)


@dataclass(frozen=True)
class RunState:
    """The file `runs/<name>.json`: `running` until it says how the run ended."""

    path: Path

    @classmethod
    def begin(cls, work: Path, name: str) -> "RunState":
        state = cls(_path(work, name))
        write_json({"state": "running"}, state.path)
        return state

    def end(self, tally: Tally) -> str | None:
        """Write down the end; returns why requests were left, None where none was."""
        stopped = tally.stopped if tally.left else None
        state = {"state": "stopped" if tally.left else "finished", "left": tally.left, "why": stopped}
        write_json(state, self.path)
        return stopped


def unfinished(work: Path, step: str, names: Sequence[Name], *, or_none: bool = False) -> list[Name]:
    """Those whose last run was stopped, interrupted or killed.

    Raises:
        ConfigError: none was, and not `or_none`.
    """
    found = [name for name in names if _is_unfinished(_path(work, f"{step}-{name}"))]
    if not found and not or_none:
        hint = "leave --resume out to run from the start; what was answered before is not asked again"
        raise ConfigError(
            f"there is nothing to take up: the last run reached its end, or none was begun\n  hint: {hint}"
        )
    return found


def _is_unfinished(path: Path) -> bool:
    return path.exists() and read_json(path).get("state") != "finished"


def refuse_if_all_failed(name: str, reasons: Counter[str], *, failed: int, asked: int) -> None:
    """Raises:
    LLMError: all that were asked failed; what an earlier run gave is then left as it is.
    """
    if failed and failed == asked:
        reason, count = reasons.most_common(1)[0]
        raise LLMError(
            f"[llm.{name}]: none of {failed:,} answers is usable, {count:,} of them since: {reason}\n"
            "  hint: nothing was written; labels of an earlier run stay as they are"
        )


def _path(work: Path, name: str) -> Path:
    return work / "runs" / f"{name}.json"
