"""The main process: checks that there is something to serve, starts workers, restarts those that die, passes on a
reload, stops gracefully."""

import contextlib
import http.client
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server as Granian

from tilth.apps.serve.app import CONFIG_VARIABLE
from tilth.apps.serve.artifact import load
from tilth.apps.serve.config import ServeConfig, load_serve_config
from tilth.apps.serve.files import remove_unfinished
from tilth.apps.serve.metrics import FOLDER_VARIABLE
from tilth.apps.serve.places import Places
from tilth.apps.serve.processes import is_alive
from tilth.apps.serve.reloading import write_stamp
from tilth.apps.serve.restarting import restart_needed, write_started
from tilth.client.messages import Versions
from tilth.errors import ConfigError, TilthError

TARGET = "tilth.apps.serve.app:make_app"


def check(config_path: Path) -> Versions:
    """What would be served.

    Raises:
        ConfigError, ArtifactError: the settings or the student cannot be used.
    """
    config, work = load_serve_config(config_path)
    return load(work, config).versions


def serve(config_path: Path, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. A worker that dies is replaced; SIGHUP reloads settings and artifact.

    `announce` is told where, once a worker answers there.

    Raises:
        ConfigError: the settings cannot be used, the port is taken, or this project is being served already.
    """
    config, work = load_serve_config(config_path)
    places = Places(work)
    _refuse_second(places)
    _refuse_taken(config.host, config.port)
    _prepare(places)
    os.environ[CONFIG_VARIABLE] = str(config_path.resolve())
    os.environ[FOLDER_VARIABLE] = str(places.metrics.resolve())
    # One arena a thread would hold on to what reloads free.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    # A forked worker would inherit threads of numerical libraries that do not survive a fork.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        TARGET,
        address=config.host,
        port=config.port,
        interface=Interfaces.ASGI,
        workers=config.workers,
        factory=True,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=config.stop_s,
    )

    def started() -> None:
        write_started(places, config)
        places.pid.write_text(str(os.getpid()), encoding="ascii")
        # After Granian's own handler, which would restart the workers.
        signal.signal(signal.SIGHUP, lambda *_: _pass_on_reload(config_path, places))
        threading.Thread(target=_announce_when_ready, args=(config, announce), daemon=True).start()

    server.on_startup(started)
    server.on_shutdown(lambda: places.pid.unlink(missing_ok=True))
    server.serve()


def _pass_on_reload(config_path: Path, places: Places) -> None:
    write_stamp(places)
    with contextlib.suppress(TilthError):  # the workers say what is wrong with it
        for setting in restart_needed(places, load_serve_config(config_path)[0]):
            sys.stderr.write(f"{setting} has changed; it counts from the next start on\n")


def _announce_when_ready(config: ServeConfig, announce: Callable[[str], None]) -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104
    while not _is_ready(host, config.port):
        time.sleep(0.1)
    workers = "1 worker" if config.workers == 1 else f"{config.workers} workers"
    shown = f"[{config.host}]" if ":" in config.host else config.host
    announce(f"Listening on http://{shown}:{config.port} ({workers}); GET /docs lists the routes")


def _is_ready(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _refuse_second(places: Places) -> None:
    try:
        pid = int(places.pid.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return
    if pid != os.getpid() and is_alive(pid):
        raise ConfigError(f"{places.pid}: process {pid} serves this project already\n  hint: stop it first")


def _refuse_taken(host: str, port: int) -> None:
    """Look at the port first: Granian ends with a stack trace of its own where it is taken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as exc:
        hint = "stop what listens there, or set another [serve] port"
        raise ConfigError(f"{host}:{port} cannot be listened on: {exc.strerror}\n  hint: {hint}") from exc


def _prepare(places: Places) -> None:
    """Folders as a fresh start needs them: what workers of an earlier run counted or left half-written is gone."""
    for folder in (places.metrics, places.workers):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for folder in (places.decisions, places.audit):
        remove_unfinished(folder)
