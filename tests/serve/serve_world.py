"""The tiny world's student behind a real server process, and requests that name its people and jobs."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tiny_world import distilled, jobs, people

from tilth.apps.serve.artifact import Loaded, load
from tilth.apps.serve.config import ServeConfig
from tilth.artifacts import Distribution, student_version, write_store

PROJECT = """
[data.contexts]
path = "people.jsonl"
id = "id"
title = "title"
text = ["text"]

[data.items]
path = "jobs.jsonl"
id = "id"
title = "title"
text = ["text"]

[data.pairs]
path = "pairs.csv"
context_id = "person"
item_id = "job"
"""


def put_student(work: Path) -> None:
    """The tiny world's student with its entity store."""
    folder, chosen = work / "student", distilled().filter
    chosen.save(folder)
    Distribution.of(distilled().scores).save(folder)
    write_store(folder, student_version(folder), chosen.student.prepare(people(), jobs()))


def loaded(work: Path, **settings: Any) -> Loaded:
    if not (work / "student").exists():
        put_student(work)
    return load(work, ServeConfig(**settings))


def put_project(folder: Path, serve: str) -> Path:
    """A project with a student; `serve` is what stands under [serve]. Returns the path of tilth.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, entities in (("people.jsonl", people()), ("jobs.jsonl", jobs())):
        lines = [json.dumps(row) for row in entities.table.to_pylist()]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "pairs.csv").write_text("person,job\nu00,j0\n")
    put_student(folder / "work")
    path = folder / "tilth.toml"
    path.write_text(PROJECT + serve, encoding="utf-8")
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str]

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Running:
    """A `tilth serve` of its own process."""

    process: subprocess.Popen[str]
    port: int
    config: Path
    output: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def work(self) -> Path:
        return self.config.parent / "work"

    def ask(self, path: str, body: Any = None, *, method: str | None = None, **headers: str) -> Answer:
        """`body` may be bytes, or whatever JSON can say; names of headers have _ for -."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, data, method=method, headers=named)
        if data is not None and "content-type" not in named:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return Answer(response.status, response.read(), dict(response.headers))
        except urllib.error.HTTPError as exc:
            with exc:
                return Answer(exc.code, exc.read(), dict(exc.headers))

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@contextlib.contextmanager
def running(config: Path, port: int) -> Iterator[Running]:
    output = config.parent / "output.txt"
    with output.open("w") as out:
        command = [sys.executable, "-m", "tilth", "serve", "--config", str(config)]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, text=True, env={**os.environ})
    server = Running(process, port, config, output)
    try:
        wait_until_ready(server)
        yield server
    finally:
        server.stop()


def wait_until_ready(server: Running) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert server.process.poll() is None, server.output.read_text()
        with contextlib.suppress(OSError):
            if server.ask("/readyz").status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"not ready: {server.output.read_text()}")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


def tilth_cli(*arguments: object) -> Ran:
    """The command in a process of its own."""
    words = [sys.executable, "-m", "tilth", *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=100, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)
