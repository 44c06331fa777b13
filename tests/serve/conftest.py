"""One server over the finished job board, shared by the tests that only ask it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from serve_world import Running, free_port, running
from suggest_world import SETTINGS, put_suggesting_project, put_suggestions
from understand_world import put_speller, put_understanding

from tilth.apps.serve.keys import new_key

KEY, STORED = new_key("tests")


@pytest.fixture(scope="session")
def jobboard(finished_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Two workers, no keys. Its artifact is not to be changed."""
    folder = tmp_path_factory.mktemp("serve") / "demo"
    shutil.copytree(finished_demo, folder)
    put_suggestions(folder / "work")
    put_understanding(folder / "work")
    put_speller(folder / "work")
    port = free_port()
    with (folder / "tilth.toml").open("a", encoding="utf-8") as file:
        # No deadline: a busy machine must not turn scores into candidates that came too late.
        file.write(f'\n[serve]\nport = {port}\nworkers = 2\nmax_body_kb = 256\ndeadline_ms = "none"\n')
    with running(folder / "tilth.toml", port) as server:
        yield server


@pytest.fixture(scope="session")
def suggesting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of suggestions alone, with its page. Its artifacts are not to be changed."""
    port = free_port()
    config = put_suggesting_project(tmp_path_factory.mktemp("p"), SETTINGS.replace("PORT", str(port)))
    with running(config, port) as server:
        yield server
