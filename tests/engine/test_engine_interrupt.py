"""Ctrl-C: one SIGINT to everything in the foreground, as a terminal sends it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from engine_jobs import wait_for

HERE = Path(__file__).parent


@pytest.mark.parametrize("runner", ["native", pytest.param("ray", marks=pytest.mark.slow)])
def test_ctrl_c_ends_the_run_and_every_process(runner: str, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(HERE / "interrupted.py"), runner, str(tmp_path)]
    with subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as program:
        try:
            wait_for(tmp_path, "started-*", 2, seconds=60)
            family = psutil.Process(program.pid).children(recursive=True)
            os.killpg(program.pid, signal.SIGINT)
            begun = time.monotonic()
            printed, _ = program.communicate(timeout=30)
            assert time.monotonic() - begun < 15
        finally:
            program.kill()
    assert (program.returncode, printed.decode()) == (130, "")
    assert places(tmp_path, "ended") == places(tmp_path, "started")
    assert len(places(tmp_path, "ended")) == 2  # none was begun after the word to stop
    assert len(family) > 2 or runner == "native"
    assert psutil.wait_procs(family, timeout=10)[1] == []


def places(folder: Path, what: str) -> set[str]:
    return {path.name.partition("-")[2] for path in folder.glob(f"{what}-*")}
