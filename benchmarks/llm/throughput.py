"""Requests a second of the whole path against a server on this machine, and what others reach in the same run.

    python benchmarks/llm/throughput.py [--calls 20000] [--peers /path/to/python]

The server answers after 50 ms and has a process of its own; 200 calls are in flight. Tilth's path is the whole one:
fingerprint, look-up, claim and budget, limiter, wire, parse, validate, answer synced to disk. Beside it: a bare aiohttp
loop that posts ready-made bodies, and the clients that the interpreter `--peers` (or TILTH_PEERS) has installed. Then
the same questions again, all from the store; and, planned and half answered already, a million pairs.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from peers import SCHEMA, SYSTEM, user

from tilth.llm import AdaptiveLimiter, Client, HttpTransport, Ledger, Limits, Message, Request, Session, Tally
from tilth.llm.store import CachedAnswer, open_store

HERE = Path(__file__).parent
IN_FLIGHT = 200
SAMPLING = {"temperature": 0, "max_tokens": 100}
PROMISED, PROMISED_SHARE, PROMISED_CACHED, PROMISED_MB = 2000, 0.7, 50_000, 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--million", type=int, default=1_000_000)
    parser.add_argument("--peers", default=os.environ.get("TILTH_PEERS", sys.executable))
    parser.add_argument("--part", choices=["ask", "again", "half"], help="one measurement, in a process of its own")
    parser.add_argument("--url", default="")
    parser.add_argument("--store", type=Path)
    options = parser.parse_args()
    if options.part:
        part = {"ask": ask, "again": ask, "half": half}[options.part]
        print(
            json.dumps(part(options.url, options.store, options.million if options.part == "half" else options.calls))
        )
    else:
        compare(options)


def compare(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder, Server() as url:
        ours, bare, again = [], [], []
        for turn in range(options.rounds):  # in turns, so that a busy moment hits both
            store = Path(folder) / f"answers-{turn}.sqlite"
            bare.append(peer("bare", url, options.calls, sys.executable)["requests_per_s"])
            ours.append(own("ask", url, store, options)["requests_per_s"])
            again.append(own("again", url, store, options)["requests_per_s"])
        for turn, pair in enumerate(zip(ours, bare, strict=True), start=1):
            print(f"round {turn}: tilth {pair[0]:,.0f}, bare {pair[1]:,.0f} requests/s, ratio {pair[0] / pair[1]:.2f}")
        best = sorted(zip(ours, bare, strict=True))[len(ours) // 2]
        print(f"median round: tilth {best[0]:,.0f} requests/s (promised {PROMISED:,})")
        print(f"              {best[0] / best[1]:.2f} of the bare loop (promised {PROMISED_SHARE})")
        for name in ("openai", "openai-aiohttp", "litellm"):
            found = peer(name, url, 2000, options.peers)
            speed = found.get("requests_per_s")
            said = f"{speed:,.0f} requests/s, tilth {best[0] / speed:.1f} times" if speed else found["error"]
            print(f"{name:15s} {said}")
        print(
            f"second pass, all from the store: {sorted(again)[len(again) // 2]:,.0f} answers/s "
            f"(promised {PROMISED_CACHED:,})"
        )
        found = own("half", url, Path(folder) / "half.sqlite", options)
        print(
            f"{options.million:,} pairs planned, half of them answered already: {found['seconds']:.0f} s, "
            f"peak memory {found['peak_mb']:,.0f} MB (promised below {PROMISED_MB:,})"
        )


class Server:
    """The fake server in a process of its own."""

    def __enter__(self) -> str:
        command = [sys.executable, "-m", "tilth.testing.server", "--latency", "0.05"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


def peer(client: str, url: str, calls: int, python: str) -> dict[str, float]:
    command = [python, str(HERE / "peers.py"), client, "--url", url, "--calls", str(calls)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"error": f"not measured: {(done.stderr.strip().splitlines() or ['it said nothing'])[-1]}"}
    return json.loads(done.stdout.splitlines()[-1])


def own(part: str, url: str, store: Path, options: argparse.Namespace) -> dict[str, float]:
    command = [sys.executable, __file__, "--part", part, "--url", url, "--store", str(store)]
    command += ["--calls", str(options.calls), "--million", str(options.million)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def requests(url: str, count: int) -> Iterator[Request]:
    lead = Message("system", SYSTEM)
    for number in range(count):
        messages = (lead, Message("user", user(number)))
        yield Request("m", messages, SCHEMA, "judgment", SAMPLING, url, (f"u{number}", "i"))


def ask(url: str, path: Path, count: int) -> dict[str, float]:
    """Ask all and look at none for longer than it takes to count it."""
    store = open_store(path)
    client = Client(
        HttpTransport(url, api_key=None),
        store=store,
        limiter=AdaptiveLimiter(IN_FLIGHT),
        ledgers=[Ledger("benchmark", Limits(tokens=10**12))],
    )
    tally = Tally()
    with Session(client) as session:
        started = time.perf_counter()
        usable = sum(answer.value is not None for answer in session.ask(requests(url, count), tally=tally))
        seconds = time.perf_counter() - started
    store.close()
    assert usable == count, tally
    return {"requests_per_s": count / seconds}


def half(url: str, path: Path, count: int) -> dict[str, float]:
    """Every other question of a million answered already; which are not?"""
    from tilth.llm import Reply, Usage
    from tilth.testing import FakeClock

    store, reply = open_store(path), Reply('{"reasons":[],"grade":1,"p":0.9}', Usage(700, 20), 0.5, "stop", "m")
    now, batch = FakeClock().utcnow(), list[CachedAnswer]()
    for number, request in enumerate(requests(url, count)):
        if number % 2:
            batch.append(CachedAnswer(request.fingerprint, reply, now))
        if len(batch) == 5000:
            store.put_many(batch)
            batch.clear()
    store.put_many(batch)
    limits = Limits(requests=0)  # nothing may be asked: what is not in the store is left
    client = Client(HttpTransport(url, api_key=None), store=store, ledgers=[Ledger("none", limits)])
    tally, started = Tally(), time.perf_counter()
    with Session(client) as session:
        for _ in session.ask(requests(url, count), tally=tally):
            pass
    seconds = time.perf_counter() - started
    store.close()
    assert (tally.cached, tally.left) == (count // 2, count - count // 2), tally
    return {"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    main()
