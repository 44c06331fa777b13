"""The same audit on this machine and on a Ray cluster."""

import subprocess
import sys
from pathlib import Path

import pytest
from audit_project import put_shop

from tilth.audit import Audit
from tilth.audit.stored import read_audit


def audited(folder: Path, runner: str) -> Audit:
    config = put_shop(folder, f'[engine]\nrunner = "{runner}"\nworkers = 1\npartition_rows = 10\n')
    command = [sys.executable, "-m", "tilth", "audit", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    return read_audit(folder / "work" / "audit")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_both_runners_find_the_same(tmp_path: Path) -> None:
    here, there = audited(tmp_path / "native", "native"), audited(tmp_path / "ray", "ray")
    assert (there.counts, there.measures, there.findings) == (here.counts, here.measures, here.findings)
    assert there.tables == here.tables
    assert (there.gaps.table, there.gaps.members) == (here.gaps.table, here.gaps.members)
