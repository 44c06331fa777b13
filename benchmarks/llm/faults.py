"""A run through everything that goes wrong, and what it cost.

    python benchmarks/llm/faults.py [--pairs 60000] [--scale 1.0]

The server answers after 50 ms and takes 40 calls at once (800 answers a second at best). For 110 s, 5 % of the calls
hang, 2 % are reset, 3 % come back malformed; there are two storms of 429 and an outage of 60 s; and the asking process
is killed with -9 five times and started again on the same store. Then the faults end. Claimed: every pair ends labelled
or listed as failed, no answer that was kept is paid for again, and once the faults have ended throughput is within 25 %
of what the same client reaches on the same server without any.
"""

import argparse
import hashlib
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from peers import SCHEMA, SYSTEM, user

from tilth.llm import AdaptiveLimiter, Client, HttpTransport, Ledger, Message, Request, Session, Tally, open_store
from tilth.llm.envelope import request_body
from tilth.testing import FakeLLMServer, Fault, Faults, HiddenLimits

AT_ONCE, LATENCY_S, TIMEOUT_S = 40, 0.05, 2.0
SHARES = (("hang", 0.05), ("reset", 0.02), ("malformed_json", 0.03))
STORMS, OUTAGE, END_S = ((6, 11), (88, 96)), (20, 80), 110
KILLS_S = (4, 9, 15, 40, 100)
SETTLED_S = 10
ANSWER = {"reasons": [], "grade": 1, "p": 0.9}


class Script(Faults):
    """Which fault a call meets, by share and by the seconds since the first call."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        self._scale, self._draws = scale, random.Random(3)
        self.met: Counter[str] = Counter()

    def next(self, call: int, elapsed_s: float = 0.0) -> Fault | None:  # noqa: ARG002 - goes by the time alone
        fault = self._of(elapsed_s / self._scale)
        if fault is not None:
            self.met[fault.kind] += 1
        return fault

    def _of(self, at: float) -> Fault | None:
        if at >= END_S:
            return None
        if OUTAGE[0] <= at < OUTAGE[1]:
            return Fault("reset")
        if any(start <= at < end for start, end in STORMS):
            return Fault("rate_limit", retry_after="1")
        draw = self._draws.random()
        for kind, share in SHARES:
            draw -= share
            if draw < 0:
                return Fault(kind)
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=60_000)
    parser.add_argument("--scale", type=float, default=1.0, help="of all times in the script")
    parser.add_argument("--ask", nargs=2, metavar=("URL", "STORE"), help="be the process that asks")
    options = parser.parse_args()
    if options.ask:
        ask(*options.ask, options.pairs)
        return
    with tempfile.TemporaryDirectory() as folder:
        best = without_faults(Path(folder) / "clean.sqlite", 12_000)
        with_faults(Path(folder) / "answers.sqlite", options, best)


def without_faults(store: Path, pairs: int) -> float:
    """Answers a second that the client reaches where nothing goes wrong, after its first seconds."""
    with FakeLLMServer(lambda _: ANSWER, limits=limits(), latency_s=LATENCY_S, remember=1) as server:
        process = start(server.base_url, store, pairs)
        time.sleep(5)
        before, began = server.accepted, time.monotonic()
        process.wait()
        return (server.accepted - before) / (time.monotonic() - began)


def with_faults(store: Path, options: argparse.Namespace, best: float) -> None:
    scale, script = options.scale, Script(options.scale)
    claimed: set[str] = set()
    with FakeLLMServer(lambda _: ANSWER, faults=script, limits=limits(), latency_s=LATENCY_S, remember=1) as server:
        began = time.monotonic()
        process = start(server.base_url, store, options.pairs)
        for at in KILLS_S:
            time.sleep(max(0.0, began + at * scale - time.monotonic()))
            process.send_signal(signal.SIGKILL)
            process.wait()
            claimed |= open_claims(store)
            process = start(server.base_url, store, options.pairs)
        time.sleep(max(0.0, began + (END_S + SETTLED_S) * scale - time.monotonic()))
        answered, since = sum(server.answered_bodies.values()), time.monotonic()
        output, _ = process.communicate()
        rate = (sum(server.answered_bodies.values()) - answered) / (time.monotonic() - since)
        told = json.loads(output)
        report(options, server, script, told, claimed, rate, best)


def report(
    options: argparse.Namespace,
    server: FakeLLMServer,
    script: Script,
    told: dict[str, int],
    claimed: set[str],
    rate: float,
    best: float,
) -> None:
    twice = {body for body, times in server.answered_bodies.items() if times > 1}
    bodies = {hashlib.sha256(request_body(r)).hexdigest(): r for r in requests(server.base_url, options.pairs)}
    unexplained = [body for body in twice if body not in bodies or bodies[body].fingerprint not in claimed]
    print("faults met:", ", ".join(f"{kind} {count:,}" for kind, count in script.met.items()))
    labelled, failed, left = told["labelled"], told["failed"], told["left"]
    print(f"{options.pairs:,} pairs: {labelled:,} labelled, {failed:,} listed as failed, {left:,} left")
    print(f"five times kill -9: {len(claimed):,} calls were claimed at one of them, {len(twice):,} answered twice")
    print(f"answers that were kept and paid for again: {len(unexplained)} (promised 0)")
    print(
        f"after the faults {rate:,.0f} answers/s, without any {best:,.0f}, at best {AT_ONCE / LATENCY_S:,.0f}; "
        f"ratio {rate / best:.2f} (promised at least 0.75)"
    )


def limits() -> HiddenLimits:
    return HiddenLimits(max_concurrent=AT_ONCE)


def start(url: str, store: Path, pairs: int) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--ask", url, str(store), "--pairs", str(pairs)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def open_claims(path: Path) -> set[str]:
    """What the killed process may have been asking."""
    with sqlite3.connect(path) as db:
        return {fingerprint for (fingerprint,) in db.execute("SELECT fingerprint FROM claims")}


def ask(url: str, path: str, pairs: int) -> None:
    store = open_store(path)
    store.reap()
    transport = HttpTransport(url, api_key=None, timeout_s=TIMEOUT_S)
    client = Client(transport, store=store, limiter=AdaptiveLimiter(256), ledgers=[Ledger("faults")])
    tally, labelled = Tally(), 0
    with Session(client) as session:
        for answer in session.ask(requests(url, pairs), tally=tally):
            labelled += answer.value is not None
    store.close()
    print(json.dumps({"labelled": labelled, "failed": tally.failed, "left": tally.left}))


def requests(url: str, count: int) -> Iterator[Request]:
    lead, sampling = Message("system", SYSTEM[:200]), {"temperature": 0, "max_tokens": 100}
    for number in range(count):
        messages = (lead, Message("user", user(number)))
        yield Request("m", messages, SCHEMA, "judgment", sampling, url, (f"u{number}", "i"))


if __name__ == "__main__":
    main()
