"""What the interaction half of an audit costs: 20 million events, 200,000 items, a million users.

    python benchmarks/audit.py [--rows 20000000] [--runs 1]

The log is made up: items by Zipf's law, users by a log-normal one, five kinds of events over two years, as Parquet.
Peer in the same run: the same measures written by hand in Polars, one script for this one log (no bad rows, no
replicates, no intervals). Each run is a process of its own; memory is the peak of that process. A second log of twice
the rows shows how the cost grows.

It must hold: under 60 s and 4 GB for 20 million rows on two cores; twice the rows cost at most 2.2 times as much.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

if TYPE_CHECKING:
    import polars as pl

ITEMS, USERS, CATEGORIES = 200_000, 1_000_000, 200
KINDS = ("impression", "view", "click", "apply", "thumbs_down")
SHARES = (0.5, 0.3, 0.15, 0.04, 0.01)
START_US, SPAN_US = 1_640_995_200_000_000, 2 * 365 * 86_400_000_000
GROUP_ROWS = 1_000_000
SUMS = (("categories", "users"), ("windows", "users"), ("windows", "items"), ("items", "users"), ("heat", "events"))
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
    print(
        f"polars / tilth: {peer['wall_s'] / ours['wall_s']:.2f} of the time, {peer['cpu_s'] / ours['cpu_s']:.2f} of CPU"
    )
    print(f"twice the rows: {growth[0]:.2f} times the time, {growth[1]:.2f} of CPU")
    print(f"measures that differ from Polars': {', '.join(differing) or 'none'} of {len(peer['found'])}")
    # Time on the clock moves with whatever else the machine does; seconds of CPU show the work.
    kept = ours["wall_s"] < MOST_S and ours["peak_gb"] < MOST_GB and growth[1] <= MOST_GROWTH and not differing
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
            table = pa.Table.from_arrays(
                [*columns[:3], columns[3].cast(pa.timestamp("us", tz="UTC"))], schema=log_schema()
            )
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
    found = {one.name: -1.0 if one.value is None else one.value for one in part.measures if not one.where}
    for name, column in SUMS:
        found[f"{name}.{column}"] = float(pc.sum(part.tables[name][column]).as_py())
    return found


def by_hand(folder: Path) -> dict[str, float]:
    """The same measures in Polars, for this log: impressions are exposures, clicks and applications are likes."""
    import polars as pl

    items = pl.read_parquet(folder / "items.parquet").with_row_index("row")
    rows = items.select("id", pl.col("row").cast(pl.Int32))
    events = (
        pl.scan_parquet(folder / "events.parquet")
        .join(rows.lazy(), left_on="item", right_on="id", how="inner")
        .select(pl.col("user").hash(), "row", pl.col("kind").cast(pl.Categorical), "ts")
        .collect()
    )
    acts, shown = events.filter(pl.col("kind") != "impression"), events.filter(pl.col("kind") == "impression")
    wanted = acts.filter(pl.col("kind").cast(pl.String).is_in(["click", "apply"]))
    phi, exposed, asked = (per_item(frame) for frame in (acts, shown, wanted))
    pairs = acts.select("user", "row").unique()
    activity = acts.group_by("user").len()["len"].to_numpy()
    category = categories_by_hand(items)
    found = {
        **spread_by_hand(phi),
        "users.median_events": float(np.median(activity)),
        "users.single_share": float((activity == 1).mean()),
        "matrix.density": len(pairs) / (len(activity) * ITEMS),
        **popularity_by_hand(shown, wanted, phi),
        "exposure.item_gap": gap(exposed, asked),
        "exposure.demand_gap": gap(*(np.bincount(category, counts) for counts in (exposed, asked))),
        "items.users": float(len(pairs)),
    }
    return {**found, **by_place(acts, category), **newness_by_hand(acts, items, events["ts"].min(), events["ts"].max())}


def per_item(frame: pl.DataFrame) -> np.ndarray:
    counted = frame.group_by("row").len()
    out = np.zeros(ITEMS, np.int64)
    out[counted["row"].to_numpy()] = counted["len"].to_numpy()
    return out


def categories_by_hand(items: pl.DataFrame) -> np.ndarray:
    """The 50 largest by number, the rest as one."""

    sizes = items.group_by("category").len().sort(["len", "category"], descending=[True, False]).head(50)
    sizes = sizes.with_row_index("place")
    return items.join(sizes, on="category", how="left", maintain_order="left")["place"].fill_null(50).to_numpy()


def spread_by_hand(phi: np.ndarray) -> dict[str, float]:
    ascending = np.sort(phi)
    found = {
        "items.cold_share": float((phi == 0).mean()),
        "items.one_share": float((phi == 1).mean()),
        "items.few_share": float(((phi > 1) & (phi <= 10)).mean()),
        "items.many_share": float((phi > 10).mean()),
        "items.coverage": float((phi > 0).mean()),
        "items.gini": gini(ascending),
    }
    heads = {percent: ascending[-ITEMS * percent // 100 :].sum() / phi.sum() for percent in (1, 5, 20)}
    return {**found, **{f"items.head_share_{percent}": float(share) for percent, share in heads.items()}}


def gini(ascending: np.ndarray) -> float:
    n = len(ascending)
    return float(2 * (np.arange(1, n + 1) * ascending).sum() / (n * ascending.sum()) - (n + 1) / n)


def gap(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one / one.sum() - other / other.sum()).sum() / 2)


def popularity_by_hand(shown: pl.DataFrame, wanted: pl.DataFrame, phi: np.ndarray) -> dict[str, float]:
    import polars as pl

    tail = np.ones(ITEMS, bool)
    tail[np.argsort(-phi, kind="stable")[: ITEMS // 5]] = False
    known = pl.DataFrame({"row": np.arange(ITEMS, dtype=np.int32), "phi": phi, "tail": tail})
    seen, liked = (
        frame.select("user", "row")
        .unique()
        .join(known, on="row")
        .group_by("user")
        .agg(pl.col("phi").mean(), share=pl.col("tail").mean(), tail=pl.col("tail").sum())
        for frame in (shown, wanted)
    )
    both = seen.join(liked, on="user", suffix="_liked")
    return {
        "popularity.arp": seen["phi"].mean(),
        "popularity.aplt": seen["share"].mean(),
        "popularity.aclt": seen["tail"].mean(),
        "popularity.seen_over_liked": both["phi"].mean() / both["phi_liked"].mean(),
    }


def by_place(acts: pl.DataFrame, category: np.ndarray) -> dict[str, float]:
    """By month, and by category."""
    import polars as pl

    placed = acts.with_columns(month=pl.col("ts").dt.truncate("1mo"), category=pl.Series(category)[acts["row"]])
    heat = placed.group_by("category", "month").len()
    in_month = placed.group_by("month", "row").len()
    return {
        "windows.users": float(placed.group_by("month").agg(pl.col("user").n_unique())["user"].sum()),
        "windows.items": float(len(in_month)),
        "categories.users": float(placed.group_by("category").agg(pl.col("user").n_unique())["user"].sum()),
        "heat.events": float(heat["len"].sum()),
    }


def newness_by_hand(acts: pl.DataFrame, items: pl.DataFrame, start: Any, end: Any) -> dict[str, float]:
    import polars as pl

    new = items.filter((pl.col("created_at") > start) & (pl.col("created_at") <= end))
    new = new.select(pl.col("row").cast(pl.Int32), "created_at")
    first = acts.join(new, on="row").group_by("row").agg(pl.col("ts").bottom_k(10))
    waits = new.join(first, on="row", how="left").with_columns(
        first=pl.col("ts").list.min(), kth=pl.when(pl.col("ts").list.len() == 10).then(pl.col("ts").list.max())
    )
    days = {
        name: waits.select(
            wait=(pl.col(name).fill_null(end) - pl.col("created_at")).dt.total_microseconds() / 86_400_000_000,
            there=pl.col(name).is_not_null(),
        )
        for name in ("first", "kth")
    }
    found = {
        "newness.median_days_to_first": median_wait(days["first"]),
        "newness.median_days_to_k": median_wait(days["kth"]),
    }
    return {**found, "newness.reached_k_share": days["kth"]["there"].mean()}


def median_wait(waits: pl.DataFrame) -> float:
    """By Kaplan and Meier; -1 where fewer than half got there."""
    wait, there = waits["wait"].to_numpy(), waits["there"].to_numpy()
    order = np.lexsort((~there, wait))
    left = np.cumprod(1 - there[order] / np.arange(len(wait), 0, -1))
    below = np.flatnonzero(left <= 0.5 + 1e-12)
    return float(wait[order][below[0]]) if len(below) else -1.0


if __name__ == "__main__":
    sys.exit(main())
