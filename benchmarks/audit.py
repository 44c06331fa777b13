"""What the interaction half of an audit costs: 20 million events, 200,000 items, a million users.

    python benchmarks/audit.py [--rows 20000000] [--runs 1]

The log is made up: items by Zipf's law, users by a log-normal one, five kinds of events over two years, as Parquet.
Peer in the same run: the same measures written by hand in Polars, one script for this one log (no bad rows, no
replicates, no intervals). Each run is a process of its own; memory is the peak of that process. A second log of twice
the rows shows how the cost grows.

It must hold: under 60 s and 4 GB for 20 million rows on two cores; twice the rows cost at most 2.2 times as much.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

ITEMS, USERS, CATEGORIES = 200_000, 1_000_000, 200
KINDS = ("impression", "view", "click", "apply", "thumbs_down")
SHARES = (0.5, 0.3, 0.15, 0.04, 0.01)
START_US, SPAN_US = 1_640_995_200_000_000, 2 * 365 * 86_400_000_000
GROUP_ROWS = 1_000_000
MOST_S, MOST_GB, MOST_GROWTH = 60.0, 4.0, 2.2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--way", choices=["tilth", "polars"], help="one run in this process, as JSON")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.way:
        print(json.dumps(measure(options.way, options.folder)))
        return 0
    with tempfile.TemporaryDirectory() as name:
        return compare(Path(name), options.rows, options.runs)


def compare(folder: Path, rows: int, runs: int) -> int:
    single, double = folder / "single", folder / "double"
    make(single, rows)
    make(double, 2 * rows)
    ours = typical([one("tilth", single) for _ in range(runs)])
    peer = typical([one("polars", single) for _ in range(runs)])
    twice = typical([one("tilth", double) for _ in range(runs)])
    for name, run, count in (("tilth", ours, rows), ("polars", peer, rows), ("tilth", twice, 2 * rows)):
        print(
            f"{name:<7}{count:>12,} events: {run['wall_s']:6.1f} s, {run['cpu_s']:6.1f} s of CPU, "
            f"peak {run['peak_gb']:.2f} GB"
        )
    differing = [key for key, value in peer["found"].items() if not np.isclose(value, ours["found"][key], rtol=1e-9)]
    growth = twice["wall_s"] / ours["wall_s"], twice["cpu_s"] / ours["cpu_s"]
    print(f"polars / tilth: {peer['wall_s'] / ours['wall_s']:.2f} of the time, {peer['cpu_s'] / ours['cpu_s']:.2f} of CPU")
    print(f"twice the rows: {growth[0]:.2f} times the time, {growth[1]:.2f} of CPU")
    print(f"measures that differ from Polars': {', '.join(differing) or 'none'} of {len(peer['found'])}")
    kept = ours["wall_s"] < MOST_S and ours["peak_gb"] < MOST_GB and min(growth) <= MOST_GROWTH and not differing
    print("holds" if kept else "FAILS")
    return 0 if kept else 1


def typical(runs: list[dict]) -> dict:
    names = ("wall_s", "cpu_s", "peak_gb")
    return {**runs[0], **{name: statistics.median(run[name] for run in runs) for name in names}}


def one(way: str, folder: Path) -> dict:
    command = [sys.executable, __file__, "--way", way, "--folder", str(folder)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def measure(way: str, folder: Path) -> dict:
    begun, before = time.perf_counter(), time.process_time()
    found = tilth(folder) if way == "tilth" else by_hand(folder)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "wall_s": time.perf_counter() - begun,
        "cpu_s": time.process_time() - before + used[1].ru_utime + used[1].ru_stime,
        "peak_gb": sum(one.ru_maxrss for one in used) / 2**20,
        "found": found,
    }


def make(folder: Path, rows: int) -> None:
    """A catalog and a log of `rows` events."""
    folder.mkdir()
    rng = np.random.default_rng(7)
    created = START_US + rng.integers(-SPAN_US, SPAN_US, ITEMS)
    paths = [f"area {n % 20} > kind {n}" for n in (rng.zipf(1.3, ITEMS) % CATEGORIES).tolist()]
    catalog = {"id": [f"item-{n}" for n in range(ITEMS)], "title": [f"Title {n}" for n in range(ITEMS)]}
    times = pa.array(created, pa.timestamp("us", tz="UTC"))
    parquet.write_table(pa.table({**catalog, "category": paths, "created_at": times}), folder / "items.parquet")
    rank = 1 / np.arange(1, ITEMS + 1) ** 0.9
    popular, active = np.cumsum(rank / rank.sum()), np.cumsum(rng.lognormal(0, 1.2, USERS))
    order = rng.permutation(ITEMS)
    users = pa.array([f"user-{n}" for n in range(USERS)])
    items = pa.array(catalog["id"])
    with parquet.ParquetWriter(folder / "events.parquet", log_schema()) as writer:
        for start in range(0, rows, GROUP_ROWS):
            n = min(GROUP_ROWS, rows - start)
            item = order[np.minimum(np.searchsorted(popular, rng.random(n)), ITEMS - 1)]
            user = np.minimum(np.searchsorted(active, rng.random(n) * active[-1]), USERS - 1)
            # Time goes on as the log does; an item is acted on only once it is there.
            moment = START_US + (start + np.sort(rng.random(n)) * n) / rows * SPAN_US
            ts = np.maximum(moment.astype(np.int64), created[item] + rng.integers(0, 86_400_000_000, n))
            kind = pa.DictionaryArray.from_arrays(rng.choice(len(KINDS), n, p=SHARES).astype(np.int32), list(KINDS))
            columns = [users.take(pa.array(user)), items.take(pa.array(item)), kind.cast(pa.string()), pa.array(ts)]
            table = pa.Table.from_arrays([*columns[:3], columns[3].cast(pa.timestamp("us", tz="UTC"))], schema=log_schema())
            writer.write_table(table, row_group_size=GROUP_ROWS)


def log_schema() -> pa.Schema:
    return pa.schema([(n, pa.string()) for n in ("user", "item", "kind")] + [("ts", pa.timestamp("us", tz="UTC"))])


def tilth(folder: Path) -> dict[str, float]:
    from tilth.audit import AuditConfig
    from tilth.audit.interactions import run_interactions
    from tilth.data import EventSource
    from tilth.engine import EngineConfig, open_engine
    from tilth.records import Entities

    items = Entities("item", parquet.read_table(folder / "items.parquet"))
    source = EventSource(path="events.parquet", user_id="user", item_id="item", kind="{kind}", ts="ts")
    engine = open_engine(EngineConfig())
    part, _ = run_interactions(
        AuditConfig(), source, items, base=folder, engine=engine, spill=folder / "spill", now=2_000_000_000
    )
    found = {one.name: one.value for one in part.measures if not one.where}
    for name, column in (("categories", "users"), ("windows", "users"), ("windows", "items"), ("items", "users")):
        found[f"{name}.{column}"] = float(sum(part.tables[name][column].to_pylist()))
    return found


if __name__ == "__main__":
    sys.exit(main())
