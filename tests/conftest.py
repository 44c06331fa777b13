"""Shared by all tests: the bundled job board, and one finished run of it."""

import os
import shutil
from pathlib import Path

import hypothesis
import pytest
from postgres import postgres_database, postgres_server_url, postgres_url  # noqa: F401 - fixtures

from tilth.apps.project import Project
from tilth.apps.project.demo import copy_jobboard

hypothesis.settings.register_profile("tilth", deadline=None)  # how long an example takes says how busy the machine is
hypothesis.settings.load_profile("tilth")

REPO = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The public data sets; skips where they are not at hand."""
    folder = Path(os.environ.get("TILTH_DATA", REPO.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the public data sets are not at {folder}; set TILTH_DATA")
    return folder


@pytest.fixture(scope="session")
def finished_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every step of the job board has run. Not to be changed: copy it."""
    folder = tmp_path_factory.mktemp("finished") / "demo"
    project = Project(copy_jobboard(folder))
    project.judge()
    project.compare()
    project.read_attributes()
    project.distill()
    project.filter()
    project.report()
    return folder


@pytest.fixture
def demo(finished_demo: Path, tmp_path: Path) -> Path:
    """A copy of the finished job board, to be changed at will."""
    return Path(shutil.copytree(finished_demo, tmp_path / "demo"))


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """The job board before any step has run."""
    folder = tmp_path / "fresh"
    copy_jobboard(folder)
    return folder
