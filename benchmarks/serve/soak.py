"""An hour's worth in five minutes: load, with a reload every 10 s, a worker killed, malformed bodies mixed in, and
clients that hang up.

    python benchmarks/serve/soak.py [--work work] [--seconds 300]

Prints what happened and exits with 1 if a well-formed request failed that was not in flight in the killed worker, if a
malformed one was not refused with a 4xx, or if memory grew by 5 % or more from the end of the first fifth to the end.
"""

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent))
from load import Connection
from world import bodies, configure, free_port, process, project

from tilth.apps.serve.places import Places
from tilth.apps.serve.reloading import worker_states

CLIENTS, PAUSE_S = 4, 0.01
RELOAD_S = 10
"""Between two reloads; less in a run of less than two and a half minutes, so that several lie in its first fifth: while
one goes on there are two artifacts, and the memory that this takes is not given back."""
GROWTH = 0.05
AFTER_KILL_S = 1.0
"""A connection to the killed worker may be found closed this long after."""
MALFORMED = [
    b"",
    b"{",
    b'{"context": 5, "candidates": []}',
    b'{"context": "u001", "candidates": [], "limit": 1}',
    b'{"context": "u001", "candidates": ["a", {"title": 3}]}',
    b'{"context": "u001", "candidates": [' + b'"x",' * 1500 + b'"x"]}',
    b" " * 300_000,
]


@dataclass
class Seen:
    """What came of it all."""

    good: Counter[str] = field(default_factory=Counter)
    malformed: Counter[str] = field(default_factory=Counter)
    hung_up: int = 0
    reloads: int = 0
    killed_at: float = float("-inf")
    lost_with_worker: int = 0
    memory: dict[int, list[float]] = field(default_factory=dict)
    dead_pid: int = 0


async def good_client(port: int, asked: list[bytes], seen: Seen, until: float, rng: random.Random) -> None:
    connection = Connection(port, "/v1/filter")
    while (begun := time.monotonic()) < until:
        try:
            seen.good[str(await connection.ask(rng.choice(asked)))] += 1
        except (OSError, asyncio.IncompleteReadError) as exc:
            if begun - AFTER_KILL_S <= seen.killed_at <= time.monotonic():
                seen.lost_with_worker += 1
            else:
                seen.good[type(exc).__name__] += 1
            connection.close()
            connection = Connection(port, "/v1/filter")
        await asyncio.sleep(PAUSE_S)
    connection.close()


async def bad_client(port: int, seen: Seen, until: float) -> None:
    place = 0
    while (begun := time.monotonic()) < until:
        connection = Connection(port, "/v1/filter")
        try:
            seen.malformed[str(await connection.ask(MALFORMED[place % len(MALFORMED)]))] += 1
        except (OSError, asyncio.IncompleteReadError):
            if begun - AFTER_KILL_S <= seen.killed_at <= time.monotonic():
                seen.lost_with_worker += 1
            else:
                seen.malformed["closed"] += 1
        connection.close()
        place += 1
        await asyncio.sleep(0.05)


async def leaving_client(port: int, body: bytes, seen: Seen, until: float) -> None:
    """Hangs up in the middle of its request, and in the middle of the reply."""
    head = b"POST /v1/filter HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\nContent-Length: "
    whole = head + str(len(body)).encode() + b"\r\n\r\n" + body
    while time.monotonic() < until:
        for sent in (whole[: len(whole) // 2], whole):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            await asyncio.sleep(0.02)
            writer.close()
            seen.hung_up += 1
        await asyncio.sleep(0.1)


async def operator(main: int, places: Places, seen: Seen, begun: float, seconds: float) -> None:
    """Reloads, kills a worker once at two fifths, and looks at the memory of main process and workers."""
    killed, every = False, min(RELOAD_S, seconds / 15)
    while (now := time.monotonic()) < begun + seconds:
        if now >= begun + every * (seen.reloads + 1):
            os.kill(main, signal.SIGHUP)
            seen.reloads += 1
        if not killed and now >= begun + 0.4 * seconds:
            killed, seen.dead_pid, seen.killed_at = True, min(worker_states(places)), time.monotonic()
            os.kill(seen.dead_pid, signal.SIGKILL)
        if now >= begun + 0.2 * seconds:
            look_at_memory(places, seen)
        await asyncio.sleep(1)


def look_at_memory(places: Places, seen: Seen) -> None:
    """Resident bytes of each worker, without what it shares with others."""
    for pid in worker_states(places):
        with contextlib.suppress(psutil.Error):
            seen.memory.setdefault(pid, []).append(psutil.Process(pid).memory_full_info().uss)


async def run(port: int, main: int, config: Path, seconds: float) -> Seen:
    seen, asked, begun = Seen(), bodies(config, 200), time.monotonic()
    until = begun + seconds
    await asyncio.gather(
        *(good_client(port, asked, seen, until, random.Random(seed)) for seed in range(CLIENTS)),
        bad_client(port, seen, until),
        leaving_client(port, asked[0], seen, until),
        operator(main, Places(config.parent / "work"), seen, begun, seconds),
    )
    return seen


def verdict(seen: Seen) -> list[str]:
    """What was promised and did not hold."""
    longest = max(seen.memory.values(), key=len)  # of the worker that lived through it all
    tenth = max(len(longest) // 10, 1)
    first, last = sorted(longest[:tenth])[tenth // 2], sorted(longest[-tenth:])[tenth // 2]
    growth = last / first - 1
    print(f"well-formed: {dict(seen.good)}, lost with the killed worker: {seen.lost_with_worker}")
    print(f"malformed: {dict(seen.malformed)}; hung up: {seen.hung_up}; reloads: {seen.reloads}")
    print(f"memory of a worker: {first / 1e6:.1f} MB -> {last / 1e6:.1f} MB ({100 * growth:+.1f} %)")
    wrong = []
    if set(seen.good) != {"200"}:
        wrong.append("a well-formed request failed")
    if not set(seen.malformed) <= {"400", "413", "422"}:
        wrong.append("a malformed body was not refused as one")
    if growth >= GROWTH:
        wrong.append("memory grew")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work"))
    parser.add_argument("--seconds", type=float, default=300)
    options = parser.parse_args()
    config, port = project(options.work), free_port()
    settings = (
        f'port = {port}\nworkers = 2\nmax_body_kb = 256\n[serve.log]\naccess = "file"\nrotate_s = 5\nmax_mb = 8\n'
    )
    configure(config, settings)
    command = [sys.executable, "-m", "tilth", "serve", "--config", str(config)]
    with process(command, port, "/readyz", options.work / "soak.out") as server:
        wrong = verdict(asyncio.run(run(port, server.pid, config, options.seconds)))
    if "Traceback" in (options.work / "soak.out").read_text():
        wrong.append("the server wrote a stack trace")
    print("held" if not wrong else f"did not hold: {', '.join(wrong)}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
