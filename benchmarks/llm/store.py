"""How fast answers are looked up, claimed and settled in the stores on disk.

    python benchmarks/llm/store.py [--answers 100000] [--calls 10000] [--postgres URL]

Each store is filled with answers, looks all of them up in chunks of 1,000, and claims and settles calls in batches of
50 under two ledgers, every commit synced. Peer in the same run: an answer cache as one would write it: a SQLite table
with one answer a transaction and look-ups of 500 marks, synced alike. It claims nothing and charges nothing.
PostgreSQL: the server at --postgres, or a cluster of its own if one is installed, else it is left out.
"""

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from tilth.llm.reply import Reply, Usage
from tilth.llm.store import Amount, CachedAnswer, Claim, Ledger, Limits, Settlement, Store, open_store

LOOK_UP, BATCH = 1_000, 50
CALL = Amount(usd=0.001, tokens=1_000, requests=1)
LEDGERS = [Ledger("run", Limits(usd=1e6)), Ledger("month")]
REPLY = Reply('{"grade": 1, "why": "' + "because it fits quite well " * 6 + '"}', Usage(400, 60), 0.4, "stop", "m")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--postgres")
    options = parser.parse_args()
    known = [fingerprint(f"known {number}") for number in range(options.answers)]
    new = [fingerprint(f"new {number}") for number in range(options.calls)]
    with tempfile.TemporaryDirectory() as folder:
        peer = measure_peer(Path(folder) / "peer.sqlite", known, new)
        print(f"{'':<12} {'look-ups/s':>12} {'of peer':>8} {'calls kept/s':>14} {'of peer':>8}")
        show("plain table", peer, peer)
        show("sqlite", measure(open_store(Path(folder) / "answers.sqlite"), known, new), peer)
    if options.postgres:
        show("postgresql", measure(open_store(options.postgres), known, new), peer)
    else:
        with_own_server(lambda url: show("postgresql", measure(open_store(url), known, new), peer))


def measure(store: Store, known: list[str], new: list[str]) -> tuple[float, float]:
    """Look-ups a second, and calls claimed and settled a second."""
    now = datetime.now(UTC)
    for start in range(0, len(known), LOOK_UP):
        store.put_many(CachedAnswer(one, REPLY, now) for one in known[start : start + LOOK_UP])

    def look_up() -> None:
        for start in range(0, len(known), LOOK_UP):
            chunk = known[start : start + LOOK_UP]
            if len(store.get_many(chunk)) != len(chunk):
                sys.exit("an answer is missing")

    def call() -> None:
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            verdicts = store.claim_many([Claim(one, CALL) for one in batch], owner="o", lease_s=60, ledgers=LEDGERS)
            if any(verdict.state != "granted" for verdict in verdicts):
                sys.exit("a claim was not granted")
            store.settle_many([Settlement(one, CachedAnswer(one, REPLY, now), CALL) for one in batch], owner="o")

    rates = len(known) / timed(look_up), len(new) / timed(call)
    store.close()
    return rates


def measure_peer(path: Path, known: list[str], new: list[str]) -> tuple[float, float]:
    """The same of a plain table: look-ups, and answers kept, one a transaction."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute(
        "CREATE TABLE answers (fingerprint TEXT PRIMARY KEY, text TEXT, prompt INTEGER, completion INTEGER, "
        "latency REAL, finish TEXT, model TEXT, refusal TEXT, cost REAL, created TEXT) WITHOUT ROWID"
    )
    insert = f"INSERT OR IGNORE INTO answers VALUES ({','.join('?' * 10)})"
    usage, named = REPLY.usage, (REPLY.finish_reason, REPLY.model, REPLY.refusal)
    row = (REPLY.text, usage.prompt_tokens, usage.completion_tokens, REPLY.latency_s, *named, REPLY.cost_usd)
    created = datetime.now(UTC).isoformat()
    db.execute("BEGIN")
    db.executemany(insert, [(one, *row, created) for one in known])
    db.execute("COMMIT")

    def look_up() -> None:
        for start in range(0, len(known), 500):
            chunk = known[start : start + 500]
            marks = ",".join("?" * len(chunk))
            rows = db.execute(f"SELECT * FROM answers WHERE fingerprint IN ({marks})", chunk).fetchall()
            if len({row[0]: from_row(row) for row in rows}) != len(chunk):
                sys.exit("an answer is missing")

    def call() -> None:
        for one in new:
            db.execute(insert, (one, *row, created))

    rates = len(known) / timed(look_up), len(new) / timed(call)
    db.close()
    return rates


def from_row(row: tuple[Any, ...]) -> CachedAnswer:
    fingerprint, text, prompt, completion, *rest, created = row
    return CachedAnswer(fingerprint, Reply(text, Usage(prompt, completion), *rest), datetime.fromisoformat(created))


def with_own_server(use: Callable[[str], None]) -> None:
    """Run `use` with the URL of a PostgreSQL made for it, as the tests make one."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from postgres import find_binaries, running_server

    if find_binaries() is None:
        print("postgresql   left out: no server is installed")
        return
    with running_server() as server:
        use(server.url)


def show(name: str, rates: tuple[float, float], peer: tuple[float, float]) -> None:
    ratios = [rate / floor for rate, floor in zip(rates, peer, strict=True)]
    print(f"{name:<12} {rates[0]:>12,.0f} {ratios[0]:>8.2f} {rates[1]:>14,.0f} {ratios[1]:>8.2f}", flush=True)


def timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def fingerprint(text: str) -> str:
    return sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    main()
