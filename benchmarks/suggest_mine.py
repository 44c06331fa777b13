"""Mining a generated log of searches: seconds, memory, and whether what is found is what was meant.

    python benchmarks/suggest_mine.py [--sizes 1000000,10000000]

People search for queries of a known list (by Zipf's law), partly letter by letter: every few letters a row, the whole
query last. Time is wall clock and processor; memory is the peak of the mining process alone.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from tilth.data import SearchSource
from tilth.suggest.config import LogConfig
from tilth.suggest.mine.log import mine_log

WORDS = 20_000
QUERIES = 2_000_000
PIECE = 500_000
START_US = 1_700_000_000_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000000,10000000")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure)
        return
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "log.parquet"
            complete = write_log(path, size)
            Path(folder, "complete.json").write_text(json.dumps(complete))
            print(f"\n{size:,} searches, {path.stat().st_size / 2**20:,.0f} MiB")
            subprocess.run([sys.executable, __file__, "--measure", str(path)], check=True)


def write_log(path: Path, size: int, seed: int = 5) -> list[str]:
    """Write the log; returns the queries that were typed to their end."""
    rng = np.random.default_rng(seed)
    words = np.array(["".join(rng.choice(list("abcdefghiklmnoprstuvw"), rng.integers(4, 9))) for _ in range(WORDS)])
    picks = (WORDS * rng.random((QUERIES, 3)) ** 2).astype(np.int64)
    count = rng.integers(1, 4, QUERIES)
    queries = np.array([" ".join(words[picks[at, : count[at]]]) for at in range(QUERIES)])
    seen = np.zeros(QUERIES, np.bool_)
    writer = None
    written = 0
    while written < size:
        table, used = piece(rng, queries, min(PIECE, size - written), written)
        seen[used] = True
        writer = writer or parquet.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
        written += table.num_rows
    if writer is not None:
        writer.close()
    return np.unique(queries[seen]).tolist()


def piece(rng: np.random.Generator, queries: np.ndarray, size: int, place: int) -> tuple[pa.Table, np.ndarray]:
    """About so many rows: each search is one to four rows, cut ever later."""
    searches = size // 2 + 1
    rank = np.exp(rng.random(searches) * np.log(QUERIES)).astype(np.int64)
    # Three searches of one person, a minute apart; half of the later ones are for the query beside the one before.
    visit, turn = np.divmod(np.arange(searches), 3)
    beside = (turn > 0) & (rng.random(searches) < 0.5)
    rank[beside] = (np.roll(rank, 1)[beside] + 1) % QUERIES
    steps = rng.choice([1, 1, 2, 4], searches)
    which = np.repeat(np.arange(searches), steps)
    inside = np.arange(len(which)) - np.repeat(np.cumsum(steps) - steps, steps)
    last = inside == steps[which] - 1
    whole = queries[rank[which]]
    cut = [text if end else text[: 2 + 2 * at] for text, end, at in zip(whole, last, inside, strict=True)]
    users = rng.integers(0, 400_000, searches)[visit]
    ts = START_US + (place // 2 + visit) * 1_200_000 + turn * 60_000_000
    table = pa.table(
        {
            "user": pa.array([f"u{user}" for user in users[which].tolist()]),
            "query": pa.array(cut),
            "ts": pa.array(ts[which] + inside * 700_000, pa.timestamp("us", tz="UTC")),
            "results": pa.array(np.where(last, 7, 3)),
            "clicked": pa.array([["1"] if hit else [] for hit in (last & (rng.random(len(which)) < 0.4)).tolist()]),
        }
    )
    return table.slice(0, size), rank[which[:size]][last[:size]]


def measure(path: Path) -> None:
    source = SearchSource(path=str(path), query="query", user_id="user", ts="ts", results="results", clicked="clicked")
    started, used = time.monotonic(), time.process_time()
    mined = mine_log(source, LogConfig(), base=path.parent, spill=path.parent)
    seconds, cpu = time.monotonic() - started, time.process_time() - used
    # ru_maxrss would include the parent's memory, from before this process became another program.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = int(status.split("VmHWM:")[1].split()[0]) / 2**20
    complete = set(json.loads(path.with_name("complete.json").read_text(encoding="utf-8")))
    table = mined.queries.filter(mined.queries["rejected"].is_null())
    right = sum(query in complete for query in table["query"].to_pylist())
    print(f"  {seconds:.1f} s ({cpu:.1f} s of processor), peak {peak:.2f} GiB")
    print(f"  {table.num_rows:,} queries of {LogConfig().min_users} people and more, {right:,} typed to the end")
    print(f"  {mined.related.num_rows:,} related queries, {mined.reworded.num_rows:,} reworded; {mined.counts}")


if __name__ == "__main__":
    main()
