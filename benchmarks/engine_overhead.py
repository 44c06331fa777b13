"""What the engine costs: a job that changes nothing over 1,000,000 pairs.

    python benchmarks/engine_overhead.py [--pairs 1000000] [--runs 3]

Peer in the same run: a plain Python loop over pyarrow batches of the same size that packs each result once, as any
hand-over between processes must. Each run is a process of its own; what Ray needs to start its cluster is told apart
from the rows, what it needs to start two worker processes for the job is not. Memory is the peak of the process that
reads the results.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from tilth.engine import EngineConfig, Signals, open_engine

ROWS = 20_000
WORKERS = 2
Way = Literal["loop", "native", "ray"]


@dataclass(frozen=True)
class Identity:
    def open(self) -> "Identity":
        return self

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        signals.add(rows=partition.num_rows)
        return partition

    def close(self) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--way", choices=["loop", "native", "ray"], help="one run in this process, as JSON")
    options = parser.parse_args()
    if options.way:
        print(json.dumps(measure(options.way, options.pairs)))
        return
    ways: list[Way] = ["loop", "native", "ray"]
    runs = {way: [one(way, options.pairs) for _ in range(options.runs)] for way in ways}
    floor = statistics.median(run["rows_s"] for run in runs["loop"])
    for way in ways:
        speeds = [run["rows_s"] for run in runs[way]]
        middle = statistics.median(speeds)
        print(
            f"{way:<7}{middle:>12,.0f} rows/s ({min(speeds):,.0f} to {max(speeds):,.0f} in {len(speeds)} runs), "
            f"{middle / floor:.3f} of the loop; {(1 / middle - 1 / floor) * ROWS * 1000:.1f} ms a partition more; "
            f"start {statistics.median(run['start_s'] for run in runs[way]):.1f} s; "
            f"peak {max(run['peak_mb'] for run in runs[way]):,.0f} MB"
        )


def one(way: Way, pairs: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--way", way, "--pairs", str(pairs)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure(way: Way, pairs: int) -> dict[str, float]:
    """Seconds to start, rows a second afterwards, and the peak memory of this process."""
    begun = time.perf_counter()
    run = loop if way == "loop" else engine_on(way)
    started = time.perf_counter()
    rows = sum(table.num_rows for table in run(source(pairs)))
    ended = time.perf_counter()
    if rows != pairs:
        raise SystemExit(f"{rows} rows came back of {pairs}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"start_s": started - begun, "rows_s": pairs / (ended - started), "peak_mb": peak}


def source(pairs: int) -> Iterator[pa.Table]:
    """Pairs as a reader would give them, in pieces that are not partitions."""
    for start in range(0, pairs, 65_536):
        rows = range(start, min(start + 65_536, pairs))
        yield pa.table({"context_id": [f"user-{n % 9973}" for n in rows], "item_id": [f"item-{n}" for n in rows]})


def loop(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    from tilth.engine.partitions import cut
    from tilth.engine.wire import pack, unpack

    for partition in cut(tables, ROWS):
        yield unpack(pack(partition.table))


def engine_on(way: Literal["native", "ray"]) -> Callable[[Iterator[pa.Table]], Iterator[pa.Table]]:
    engine = open_engine(EngineConfig(runner=way, partition_rows=ROWS, workers=WORKERS))
    engine.start()
    list(engine.map(Identity(), pa.table({"context_id": ["a"], "item_id": ["b"]})))
    return lambda tables: engine.map(Identity(), tables)


if __name__ == "__main__":
    main()
