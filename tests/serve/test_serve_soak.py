"""Half a minute of what the soak in benchmarks/serve does for five."""

import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).resolve().parents[2] / "benchmarks" / "serve" / "soak.py"


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_hard_half_minute_loses_no_request(tmp_path: Path) -> None:
    command = [sys.executable, str(SOAK), "--work", str(tmp_path), "--seconds", "30"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert done.stdout.rstrip().endswith("held")
