"""The job board as a project to serve, requests for it, and server processes."""

import contextlib
import json
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

CANDIDATES = 100


def project(work: Path) -> Path:
    """The finished job board's tilth.toml; the demo runs where it has not yet."""
    folder = work / "serve_jobboard"
    if not (folder / "work" / "student" / "entities" / "current.json").exists():
        subprocess.run([sys.executable, "-m", "tilth", "demo", "--dir", str(folder)], check=True, capture_output=True)
    return folder / "tilth.toml"


def configure(config: Path, settings: str) -> None:
    """Replace what stands under [serve]."""
    text = config.read_text(encoding="utf-8").partition("\n[serve]")[0]
    config.write_text(f"{text}\n[serve]\n{settings}", encoding="utf-8")


def ids(config: Path) -> tuple[list[str], list[str]]:
    """Of all seekers, and of all jobs."""

    def read(name: str, column: str) -> list[str]:
        with (config.parent / name).open(encoding="utf-8") as file:
            return [json.loads(line)[column] for line in file]

    return read("seekers.jsonl", "user_id"), read("jobs.jsonl", "item_id")


def bodies(config: Path, count: int, candidates: int = CANDIDATES, seed: int = 0) -> list[bytes]:
    """Requests for random seekers with random jobs: nine in ten are bad for them, so that reasons are paid for."""
    rng = random.Random(seed)
    seekers, jobs = ids(config)
    drawn = [{"context": rng.choice(seekers), "candidates": rng.choices(jobs, k=candidates)} for _ in range(count)]
    return [json.dumps(one).encode() for one in drawn]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def process(command: list[str], port: int, path: str, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server as a process of its own, from when it answers `path` to the end of the block."""
    with output.open("wb") as out:
        started = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_for(started, port, path, output)
        yield started
    finally:
        started.terminate()
        started.wait(30)


def wait_for(started: subprocess.Popen[bytes], port: int, path: str, output: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and started.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).close()
            return
        time.sleep(0.1)
    sys.exit(f"the server did not start: {output.read_text()}")


def cpu_seconds(pid: int) -> float:
    """Processor time of a server and its workers so far."""
    main = psutil.Process(pid)
    times = [one.cpu_times() for one in (main, *main.children(recursive=True))]
    return sum(one.user + one.system for one in times)
