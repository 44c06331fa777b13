"""What only a cluster can do."""

from pathlib import Path

import engine_driver as drive
import pytest
from engine_driver import Driver
from engine_jobs import Tried

from tilth.errors import ConfigError

pytestmark = pytest.mark.slow


def test_a_killed_worker_has_its_partition_done_again(ray: Driver, tmp_path: Path) -> None:
    tables, last = ray.call(drive.mapped_despite_kill, Tried(str(tmp_path), slow=10), 40, 5, str(tmp_path / "try-10-*"))
    assert [x for table in tables for x in table["x"].to_pylist()] == list(range(40))
    tries = [path.name.split("-")[1] for path in tmp_path.iterdir()]
    assert sorted(map(int, tries)) == [0, 5, 10, 10, 15, 20, 25, 30, 35]
    assert last.counts == {"calls": 40}  # the lost try is not counted on top


def test_a_worker_that_lacks_the_jobs_module_says_so(ray: Driver) -> None:
    with pytest.raises(ConfigError, match=r"no module 'only_here'\n  hint: install what the job needs on every node"):
        ray.call(drive.job_from_nowhere)


def test_more_workers_than_cpus_is_refused(ray: Driver) -> None:
    with pytest.raises(ConfigError, match="workers is 64, but the cluster has 2 CPUs"):
        ray.call(drive.too_many_workers)
