"""Running the command as a user does, in a process of its own, or in this one where speed matters."""

import io
import json
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tilth.apps.cli.console import err, out
from tilth.apps.cli.main import app, leave_with


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


def tilth(*arguments: object) -> Ran:
    """The command in this process, its output caught."""
    words = [str(word) for word in arguments]
    printed = io.StringIO()
    with redirect_stdout(printed), out.capture() as table, err.capture() as complaint:
        code = leave_with(lambda: app(words, standalone_mode=False))
    return Ran(code, printed.getvalue() + table.get(), complaint.get())


def tilth_process(*arguments: object, cwd: Path | None = None) -> Ran:
    """The command in a process of its own."""
    words = [sys.executable, "-m", "tilth", *(str(word) for word in arguments)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=cwd, timeout=100, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)
