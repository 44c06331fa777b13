"""Every code block of the README and the docs runs, in order, in a folder where the demo has run."""

import contextlib
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tilth.config import Config

SERVED = "127.0.0.1:8765"
STARTS_SERVER = "tilth serve --config demo/tilth.toml\n"

REPO = Path(__file__).resolve().parents[2]
PAGES = [REPO / "README.md", REPO / "CONTRIBUTING.md", *sorted((REPO / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    language: str
    code: str


def blocks(page: Path) -> list[Block]:
    return [Block(language, code) for language, code in BLOCK.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=lambda p: str(p.relative_to(REPO)))
def test_the_blocks_of_a_page_run(page: Path, finished_demo: Path, tmp_path: Path) -> None:
    shutil.copytree(finished_demo, tmp_path / "demo")
    with contextlib.ExitStack() as servers:
        port = ""
        for block in blocks(page):
            run = {"sh": run_shell, "python": run_python, "toml": run_toml}.get(block.language)
            assert run is not None, f"a block of {page.name} has no language that can be run: {block.code[:60]}"
            code = block.code.replace(SERVED, f"127.0.0.1:{port}") if port else block.code
            if STARTS_SERVER in code:
                code = code.replace(STARTS_SERVER, "")
                port = servers.enter_context(served(tmp_path / "demo" / "tilth.toml"))
            run(code, tmp_path)


@contextlib.contextmanager
def served(config: Path) -> Iterator[str]:
    """A server on a free port, for as long as a page's blocks ask it; yields the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    config.write_text(f"{config.read_text(encoding='utf-8')}\n[serve]\nport = {port}\n", encoding="utf-8")
    command = [sys.executable, "-m", "tilth", "serve", "--config", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def run_shell(code: str, folder: Path) -> None:
    for line in filter(None, (line.strip() for line in code.splitlines())):
        words = shlex.split(line, comments=True)
        if words[0] == "make":  # what it would run is looked at, as running it here would never end
            done = subprocess.run([*words, "-n"], cwd=REPO, capture_output=True, text=True, check=False)
        elif words[0] == "curl":
            done = subprocess.run([*words, "-f"], capture_output=True, text=True, check=False, timeout=30)
        elif words[:2] == ["tilth", "demo"]:  # has run: see the fixture
            continue
        else:
            assert words[0] == "tilth", line
            command = [sys.executable, "-m", "tilth", *words[1:]]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=110)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


def run_python(code: str, folder: Path) -> None:
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=110, env=environment
    )
    assert done.returncode == 0, f"{code}\n{done.stderr}"


def run_toml(code: str, folder: Path) -> None:
    """A piece of settings must fit where it would stand: in those of the job board."""
    base = tomllib.loads((folder / "demo" / "tilth.toml").read_text(encoding="utf-8"))
    msgspec.convert(merged(base, tomllib.loads(code)), Config)


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    both = {**base, **over}
    for key in base.keys() & over.keys():
        if isinstance(base[key], dict) and isinstance(over[key], dict):
            both[key] = merged(base[key], over[key])
    return both


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(REPO)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_repository_names_no_package_host() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=REPO, capture_output=True, text=True, check=False).stdout.split()
    hosts = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian", re.IGNORECASE)
    for name in tracked:
        path = REPO / name
        if path.suffix in {".py", ".md", ".toml", ".lock", ".sh", ""} and path.is_file() and path != Path(__file__):
            assert not hosts.search(path.read_text(encoding="utf-8", errors="replace")), name
