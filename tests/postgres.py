"""A real PostgreSQL for tests: a cluster of its own on loopback, or the server that TILTH_TEST_POSTGRES names."""

import asyncio
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

PASSWORD = "s3cret:@/%"
QUOTED = "s3cret%3A%40%2F%25"
START_S = 60.0


class Server:
    """A running cluster that can be stopped as in a crash, and started again, at one address."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self._folder, self._binaries = folder, binaries
        self._user = unprivileged()
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://tilth:{QUOTED}@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        password = self._folder / "password"
        password.write_text(PASSWORD)
        if self._user:
            for path in (self._folder, password):
                shutil.chown(path, self._user)
        options = ["--username=tilth", "--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8", "--locale=C"]
        self._run("initdb", "-D", str(self._folder / "data"), *options, wait=True)

    def start(self) -> None:
        settings = [f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=on"]
        options = [word for setting in settings for word in ("-c", setting)]
        self._process = self._run("postgres", "-D", str(self._folder / "data"), *options)
        deadline = time.monotonic() + START_S
        while True:
            try:
                query(self.url, "SELECT 1")
                return
            except (OSError, asyncpg.CannotConnectNowError) as exc:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text()}") from exc
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: at once but in order; SIGQUIT: as in a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_S)
            self._process = None

    def _run(self, program: str, *words: str, wait: bool = False) -> subprocess.Popen[bytes]:
        # initdb and postgres refuse to run as root.
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [self._binaries / program, *words],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                user=self._user,
                extra_groups=[] if self._user else None,
            )
        if wait and process.wait():
            raise RuntimeError(f"{program} failed: {(self._folder / 'log').read_text()}")
        return process


def query(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run one statement on a connection of its own."""

    async def run() -> list[tuple[Any, ...]]:
        db = await asyncpg.connect(url)
        try:
            return [tuple(row) for row in await db.fetch(statement, *values)]
        finally:
            await db.close()

    return asyncio.run(run())


@contextmanager
def running_server() -> Iterator[Server]:
    binaries = find_binaries()
    if binaries is None:
        reason = "no PostgreSQL server is installed; install one, or name one in TILTH_TEST_POSTGRES"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="tilth-postgres-") as folder:
        server = Server(Path(folder), binaries)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """A server on which databases can be made."""
    given = os.environ.get("TILTH_TEST_POSTGRES")
    if given:
        yield given
        return
    with running_server() as server:
        yield server.url


@pytest.fixture(scope="session")
def postgres_database(postgres_server_url: str) -> Iterator[str]:
    """A database for this run."""
    name = f"tilth_test_{secrets.token_hex(4)}"
    query(postgres_server_url, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    yield f"{postgres_server_url.rpartition('/')[0]}/{name}"
    query(postgres_server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_database: str) -> str:
    """A database with nothing in it."""
    query(postgres_database, "DROP SCHEMA public CASCADE")
    query(postgres_database, "CREATE SCHEMA public")
    return postgres_database


def find_binaries() -> Path | None:
    """The folder of the newest server: Debian keeps them out of the PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return packaged[-1].parent if packaged else None


def unprivileged() -> str | None:
    """Who is to run the server: None for whoever runs the tests, unless that is root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
