"""What the adaptive limiter finds of limits that a server does not tell, over a real socket.

    python benchmarks/llm/limits.py [--long] [--only NAME]

The server is `python -m tilth.testing.server` in a process of its own; the driver is the smallest there can be:
acquire, send, release. `best` is what the server's limit allows; promised are a level or rate within 10 % of it and
under 2 % of calls refused after warm-up. Windows of 6 s with 60 requests stand for a minute with 600; --long adds the
true minute.
"""

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tilth.errors import TransportError
from tilth.llm import HttpTransport, Message, Request
from tilth.llm.limits import AdaptiveLimiter, Outcome

CLIENTS = 128
LATENCY_S = 0.05


@dataclass(frozen=True)
class Case:
    """A hidden limit: the server's options, answers per second or calls at once at best, and how long to watch."""

    name: str
    options: str
    best: float
    unit: str
    warm_s: float
    seconds: float
    long: bool = False


@dataclass
class Seen:
    """(time, whether it was refused) of calls, and calls at once as they started."""

    ended: list[tuple[float, bool]] = field(default_factory=list)
    started: list[tuple[float, int]] = field(default_factory=list)


def cases() -> Iterator[Case]:
    yield Case("40 at once", "--max-concurrent 40", 40, "at once", 5, 25)
    yield Case("40 at once, Retry-After", "--max-concurrent 40 --retry-after", 40, "at once", 5, 25)
    yield Case("16 served at once, others queue", "--slots 16", 16, "at once", 5, 25)
    yield from rates("60 in 6 s", "--requests-per-minute 600 --window-s 6", 60, 40, 100)
    for long in rates("600 a minute", "--requests-per-minute 600", 600, 130, 310):
        yield Case(long.name, long.options, long.best, long.unit, long.warm_s, long.seconds, long=True)


def rates(name: str, options: str, bucket: int, warm_s: float, seconds: float) -> Iterator[Case]:
    kinds = (("fixed", "--window fixed"), ("sliding", "--window sliding"))
    kinds += (("bucket of 10", "--window bucket --burst 10"), ("full bucket", f"--window bucket --burst {bucket}"))
    for kind, window in kinds:
        for told, headers in (("", ""), (", headers", " --rate-headers"), (", Retry-After", " --retry-after")):
            yield Case(f"{name}, {kind}{told}", f"{options} {window}{headers}", 10, "/s", warm_s, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", action="store_true", help="also windows of a true minute, five minutes each")
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    given = parser.parse_args()
    wanted = [case for case in cases() if given.only in case.name and (given.long or not case.long)]
    print(f"{'hidden limit':<36}{'found':>9}{'best':>7}{'off by':>8}{'refused':>9}{'throughput / best':>19}  promise")
    kept = [report(case) for case in wanted]
    sys.exit(0 if all(kept) else 1)


def report(case: Case) -> bool:
    with server(f"--latency {LATENCY_S} {case.options}") as base_url:
        seen = asyncio.run(drive(base_url, case.seconds))
    calls = [refused for at, refused in seen.ended if at >= case.warm_s]
    answers = (len(calls) - sum(calls)) / (case.seconds - case.warm_s)
    levels = [level for at, level in seen.started if at >= case.warm_s]
    found = sum(levels) / len(levels) if case.unit == "at once" else answers
    allowed = case.best / LATENCY_S if case.unit == "at once" else case.best
    off, share = found / case.best - 1, sum(calls) / len(calls)
    kept = abs(off) <= 0.1 and share < 0.02
    print(
        f"{case.name:<36}{found:>9.1f}{case.best:>7.0f}{off:>+8.1%}{share:>9.2%}{answers / allowed:>19.2f}"
        f"  {'kept' if kept else 'BROKEN'}",
        flush=True,
    )
    return kept


@contextmanager
def server(options: str) -> Iterator[str]:
    command = [sys.executable, "-m", "tilth.testing.server", *options.split()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


async def drive(base_url: str, seconds: float) -> Seen:
    """Ask without pause for so many seconds."""
    transport, limiter, seen = (
        HttpTransport(base_url, api_key=None),
        AdaptiveLimiter(CLIENTS),
        Seen(),
    )
    request = Request(model="m", messages=(Message("user", "Does this job suit this resume?"),))
    start = time.monotonic()

    async def client() -> None:
        while True:
            permit = await limiter.acquire()
            seen.started.append((permit.started - start, permit.in_flight))
            outcome = await ask(transport, request)
            limiter.release(permit, outcome)
            seen.ended.append((time.monotonic() - start, outcome.kind == "throttled"))

    tasks = [asyncio.create_task(client()) for _ in range(CLIENTS)]
    done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await transport.aclose()
    for task in done:
        task.result()
    return seen


async def ask(transport: HttpTransport, request: Request) -> Outcome:
    try:
        reply = await transport.send(request)
    except TransportError as exc:
        kind = "throttled" if exc.status in (429, 503) else "failed"
        return Outcome(kind, retry_after_s=exc.retry_after, limits=exc.limits)
    return Outcome("ok", latency_s=reply.latency_s, limits=reply.limits)


if __name__ == "__main__":
    main()
