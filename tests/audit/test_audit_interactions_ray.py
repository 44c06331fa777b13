"""The audit of interactions on a cluster: the same, to the last digit."""

import multiprocessing
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from interactions_helpers import audited, random_world, write_logs

from tilth.audit import AuditConfig

pytestmark = pytest.mark.slow


def test_a_cluster_finds_the_same(tmp_path: Path) -> None:
    world = random_world(9, AuditConfig(), ["impression", "view", "click", "dislike"])
    source = write_logs(world.events, tmp_path / "logs", 3)
    here, found_here = audited(world, tmp_path, source=source)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=warnings.simplefilter, initargs=("error",)) as pool:
        there, found_there = pool.submit(audited, world, tmp_path, source=source, runner="ray").result(timeout=110)
    assert there.measures == here.measures
    assert dict(there.tables) == dict(here.tables)
    assert there.findings == here.findings
    assert found_there.events.tolist() == found_here.events.tolist()
