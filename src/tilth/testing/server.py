"""The fake LLM server in a process of its own.

    python -m tilth.testing.server --latency 0.05 --max-concurrent 40

The first line it prints is the base URL for a client; `GET /stats` beside `/v1` gives its counters as JSON. It ends
with SIGINT or SIGTERM.
"""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from typing import get_args

from tilth.testing.fake_server import FakeLLMServer
from tilth.testing.faults import Fault, Faults
from tilth.testing.hidden import HiddenLimits
from tilth.testing.quota import WindowKind

_ANSWER = '{"reasons": [], "grade": 1, "p": 0.9}'


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until a signal comes."""
    given = _parser().parse_args(arguments)
    limits = HiddenLimits(
        max_concurrent=given.max_concurrent,
        slots=given.slots,
        requests_per_minute=given.requests_per_minute,
        tokens_per_minute=given.tokens_per_minute,
        window=given.window,
        window_s=given.window_s,
        burst=given.burst,
        rate_headers=given.rate_headers,
        retry_after=given.retry_after,
    )
    faults = Faults.random(given.fault, seed=given.seed) if given.fault else Faults()
    if given.fault_at:
        faults = Faults.at(given.fault_at) + faults
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    answer = json.dumps(json.loads(given.answer))
    served = FakeLLMServer(
        lambda _: answer, faults=faults, limits=limits, latency_s=given.latency, port=given.port, remember=1
    )
    with served as server:
        print(server.base_url, flush=True)
        stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--answer", default=_ANSWER, help="the JSON that every call is answered with")
    parser.add_argument("--latency", type=float, default=0.0, metavar="S", help="seconds that every answer takes")
    parser.add_argument("--max-concurrent", type=int, metavar="N", help="calls at once; more are refused")
    parser.add_argument("--slots", type=int, metavar="N", help="calls served at once; more wait")
    parser.add_argument("--requests-per-minute", type=float, metavar="N")
    parser.add_argument("--tokens-per-minute", type=float, metavar="N")
    parser.add_argument("--window", choices=get_args(WindowKind), default="fixed", help="how these are counted")
    parser.add_argument("--window-s", type=float, default=60.0, metavar="S", help="seconds of a window")
    parser.add_argument("--burst", type=float, metavar="N", help="what a bucket holds")
    parser.add_argument("--rate-headers", action="store_true", help="send x-ratelimit-* headers")
    parser.add_argument("--retry-after", action="store_true", help="send Retry-After with refusals")
    parser.add_argument("--fault", type=_chance, action="append", metavar="KIND=CHANCE", help="such as reset=0.02")
    parser.add_argument("--fault-at", type=_time, action="append", metavar="KIND=FROM-TO", help="server_error=5-65")
    parser.add_argument("--seed", type=int, default=0, help="of the faults drawn by chance")
    return parser


def _chance(text: str) -> tuple[Fault, float]:
    kind, _, chance = text.partition("=")
    return Fault(kind), float(chance)  # pyright: ignore[reportArgumentType] - checked by Fault


def _time(text: str) -> tuple[float, float, Fault]:
    kind, _, times = text.partition("=")
    start, _, end = times.partition("-")
    return float(start), float(end), Fault(kind)  # pyright: ignore[reportArgumentType] - checked by Fault


if __name__ == "__main__":
    sys.exit(main())
