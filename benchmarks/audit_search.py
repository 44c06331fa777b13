"""What it takes to audit a large query log: 10,000,000 searches for 1,000,000 queries, drawn by Zipf's law.

    python benchmarks/audit_search.py [--searches 10000000] [--queries 1000000] [--runs 1]

The log is generated: sessions of three searches on average by a third as many people, half of the steps within a
session a word more or less than the query before. Peer in the same run: what Polars takes for the same counts written
by hand (bands, rates, next query in the session, per query), without the normal form of words, without telling whether
a query is similar to the next, and without the 32 replicates that give the intervals. Each way is a process of its own;
CPU is the time of all its threads, memory its peak. Searching the catalog is told apart, since its cost depends on the
catalog and on [audit] queries_searched alone.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

ITEMS = 20_000
SEARCHED = 2_000
WAYS = ("tilth", "polars")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--searches", type=int, default=10_000_000)
    parser.add_argument("--queries", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--way", choices=WAYS, help="one run in this process, as JSON")
    parser.add_argument("--log", type=Path)
    options = parser.parse_args()
    if options.way:
        print(json.dumps({"tilth": tilth, "polars": polars}[options.way](options.log)))
        return
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "searches.parquet"
        write_log(log, options.searches, options.queries)
        print(
            f"{options.searches:,} searches, {options.queries:,} queries, {log.stat().st_size / 1e6:,.0f} MB as Parquet"
        )
        walls = {way: [one(way, log)["counted_s"] for _ in range(options.runs)] for way in WAYS}
    print(f"ratio of wall times: {min(walls['tilth']) / min(walls['polars']):.1f}")


def one(way: str, log: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--way", way, "--log", str(log)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"{way:<8}" + ", ".join(f"{name} {value:,.1f}" for name, value in result.items()), flush=True)
    return result


def tilth(log: Path) -> dict[str, float]:
    from tilth.audit import AuditConfig
    from tilth.audit.search.catalog_view import view_catalog
    from tilth.audit.search.findings import findings_of
    from tilth.audit.search.log import count_log
    from tilth.audit.search.measures import measure_catalog, measure_log
    from tilth.audit.search.spelling import judge_spelling
    from tilth.data import SearchSource
    from tilth.engine import EngineConfig, open_engine
    from tilth.records import Entities

    config = AuditConfig(queries_searched=SEARCHED)
    source = SearchSource(
        path=str(log),
        query="query",
        session_id="session",
        user_id="user",
        ts="ts",
        results="results",
        clicked="clicked",
    )
    rng = np.random.default_rng(1)
    words = vocabulary(rng)
    titles = [" ".join(words[at]) for at in rng.integers(0, len(words), (ITEMS, 6))]
    columns = {"id": list(map(str, range(ITEMS))), "title": titles, "text": [""] * ITEMS}
    items = Entities("item", pa.table(columns))
    engine = open_engine(EngineConfig(workers=2))
    engine.start()
    with tempfile.TemporaryDirectory(dir=log.parent) as folder:
        start, cpu = time.perf_counter(), time.process_time()
        counted = count_log(
            config,
            source,
            items,
            base=log.parent,
            engine=engine,
            spill=Path(folder),
            now=datetime(2100, 1, 1, tzinfo=UTC),
            max_rejected=0.1,
            on_progress=None,
        )
        measure_log(counted)
        findings_of(config, counted)
        middle, middle_cpu = time.perf_counter(), time.process_time()
        view = view_catalog(config, counted, items, engine=engine, spill=Path(folder), on_progress=None)
        judged = time.perf_counter()
        judge_spelling(counted.queries["normal"], counted.searches, view.words)
        spelling = time.perf_counter() - judged
        measure_catalog(counted, view)
    return {
        "counted_s": middle - start,
        "counted_cpu_s": middle_cpu - cpu,
        "catalog_s": judged - middle,
        "of_it_spelling_s": spelling,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def polars(log: Path) -> dict[str, float]:
    import polars as pl

    start, cpu = time.perf_counter(), time.process_time()
    clicks = pl.col("clicked").list.len()
    normal = pl.col("query").str.to_lowercase().str.strip_chars()
    table = (
        pl.scan_parquet(log)
        .select("user", "session", "ts", "results", normal.alias("normal"), clicks.alias("clicks"))
        .sort("user", "session", "ts")
        .with_columns(
            last=(pl.col("session") != pl.col("session").shift(-1)).fill_null(True),
            again=(pl.col("normal") != pl.col("normal").shift(-1))
            & (pl.col("ts").shift(-1) - pl.col("ts") <= pl.duration(minutes=5)),
        )
        .collect()
    )
    table.select(
        (pl.col("results") == 0).mean(),
        (pl.col("clicks") == 0).mean().alias("zero"),
        (pl.col("again") & ~pl.col("last")).mean().alias("again"),
        (pl.col("clicks") == 0).filter(pl.col("last")).mean().alias("abandoned"),
    )
    queries = (
        table.group_by("normal")
        .agg(
            pl.len(),
            pl.col("user").n_unique().alias("users"),
            (pl.col("results") == 0).sum().alias("zero"),
            (pl.col("clicks") > 0).sum().alias("clicked"),
            pl.col("again").sum(),
        )
        .sort("len", descending=True)
        .with_columns(made=pl.col("len").cum_sum() / pl.col("len").sum())
    )
    queries.group_by(pl.col("made").mul(3).ceil()).agg(pl.len().alias("queries"), pl.col("len").sum())
    return {
        "counted_s": time.perf_counter() - start,
        "counted_cpu_s": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def vocabulary(rng: np.random.Generator, words: int = 50_000) -> np.ndarray:
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    lengths = rng.integers(3, 11, words)
    signs = letters[rng.integers(0, 26, (words, 11))]
    return np.array(["".join(row[:size]) for row, size in zip(signs, lengths, strict=True)])


def write_log(path: Path, searches: int, queries: int) -> None:
    rng = np.random.default_rng(7)
    words = vocabulary(np.random.default_rng(1))
    # Every other query is the one before with one word more.
    short = words[rng.integers(0, len(words), (queries // 2 + 1, 3))]
    sizes = rng.integers(1, 3, len(short))
    texts = [" ".join(row[:size]) for row, size in zip(short, sizes, strict=True)]
    longer = [" ".join(row[: size + 1]) for row, size in zip(short, sizes, strict=True)]
    pool = pa.array([text for pair in zip(texts, longer, strict=True) for text in pair][:queries])
    weights = 1 / (np.arange(queries) + 10.0) ** 0.9
    weights = np.cumsum(weights) / weights.sum()
    place = rng.permutation(queries)
    session = np.sort(rng.integers(0, searches // 3, searches))
    for start in range(0, searches, 1_000_000):
        count = min(1_000_000, searches - start)
        drawn = place[np.searchsorted(weights, rng.random(count))]
        steps = rng.random(count - 1) < 0.5
        drawn[1:][steps] = drawn[:-1][steps] ^ 1
        drawn = np.minimum(drawn, queries - 1)
        sessions = session[start : start + count]
        clicks = rng.integers(0, 2, count)
        ids = pa.array(rng.integers(0, ITEMS, int(clicks.sum())).astype(str))
        table = pa.table(
            {
                "query": pool.take(pa.array(drawn)),
                "session": pa.array(sessions.astype(str)),
                "user": pa.array((sessions // 3).astype(str)),
                "ts": pa.array(
                    (1_600_000_000 + sessions * 10 + np.arange(count) % 1000) * 1_000_000, pa.timestamp("us", "UTC")
                ),
                "results": pa.array(rng.integers(0, 20, count)),
                "clicked": pa.ListArray.from_arrays(pa.array(np.append(0, np.cumsum(clicks)), pa.int32()), ids),
            }
        )
        if start == 0:
            writer = parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


if __name__ == "__main__":
    main()
