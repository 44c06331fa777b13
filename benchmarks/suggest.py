"""Suggestions by prefix, in process: lookups, edits, building and size.

    python benchmarks/suggest.py --data ../shared/data/home_depot [--sizes 1000000,10000000] [--peers]

Suggestions are word n-grams of real product titles; for the larger size, those of titles with words swapped. Prefixes
are drawn from the suggestions and cut anywhere; for the edits, one letter is dropped, changed or added. Times are those
of the thread's processor, so that other work on the machine does not count. Peers in the same run, at one million: a
scan from `bisect` in a sorted list, tantivy's prefix query, and fast-autocomplete (on a tenth: it takes minutes and
gigabytes for all).
"""

import argparse
import csv
import gzip
import random
import resource
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from heapq import nlargest
from pathlib import Path

import numpy as np
import pyarrow as pa

from tilth.artifacts.suggester import Suggester, key_text
from tilth.records import SUGGESTION_SCHEMA, Suggestions

LETTERS = "abcdefghijklmnopqrstuvwxyz"
LOOKUPS = 20_000
LONGEST = 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/home_depot"))
    parser.add_argument("--sizes", default="1000000,10000000")
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    titles = read_titles(options.data / "pairs.csv.gz")
    for size in map(int, options.sizes.split(",")):
        counts = ngrams(titles, size)
        print(f"\n{len(counts):,} suggestions")
        with tempfile.TemporaryDirectory() as folder:
            found = measure_build(counts, Path(folder) / "suggester")
            prefixes, typos = drawn(list(counts), LOOKUPS), misspelled(list(counts), LOOKUPS // 10)
            ours = timed("  a prefix, the best ten", found.complete, prefixes)
            timed("  a prefix with an edit", found.complete, typos)
        if options.peers and size <= 1_000_000:
            compare(counts, prefixes, ours)


def measure_build(counts: dict[str, float], folder: Path) -> Suggester:
    table = suggestions(counts)
    started, used = time.monotonic(), time.process_time()
    found = Suggester.build(table, folder)
    seconds, cpu = time.monotonic() - started, time.process_time() - used
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"  built in {seconds:.1f} s ({cpu:.1f} s of processor), {size / len(found):.1f} bytes each")
    print(f"  peak memory so far {peak:.1f} GiB")
    return found


def timed(what: str, ask: Callable[[str], object], prefixes: list[str]) -> float:
    """Print median, 99th percentile and maximum; returns the median in microseconds."""
    for prefix in prefixes[:1000]:
        ask(prefix)
    taken = np.empty(len(prefixes))
    for place, prefix in enumerate(prefixes):
        started = time.thread_time_ns()
        ask(prefix)
        taken[place] = time.thread_time_ns() - started
    p50, p99, most = np.percentile(taken / 1000, [50, 99, 100])
    print(f"{what}: p50 {p50:,.0f} us, p99 {p99:,.0f} us, most {most:,.0f} us")
    return float(p50)


def compare(counts: dict[str, float], prefixes: list[str], ours: float) -> None:
    rows = sorted((key_text(query).rstrip(), count) for query, count in counts.items())
    keys, scores = [key for key, _ in rows], [count for _, count in rows]

    def scan(prefix: str) -> list[int]:
        low, high = bisect_left(keys, prefix), bisect_left(keys, prefix + "\U0010ffff")
        return nlargest(10, range(low, high), key=scores.__getitem__)

    theirs = {"a scan from bisect": timed("  peer, a scan from bisect", scan, prefixes[:2000])}
    theirs["tantivy"] = timed("  peer, tantivy's prefix query", tantivy_prefix(keys, scores), prefixes[:2000])
    try:
        from fast_autocomplete import AutoComplete
    except (ImportError, RuntimeError):  # the latter where it finds no Levenshtein distance to use
        print("  fast-autocomplete: skipped, it or its `levenshtein` is not installed")
    else:
        tenth = dict(list(zip(keys, scores, strict=True))[::10])
        complete = AutoComplete(words={key: {"count": int(score)} for key, score in tenth.items()})
        name = "fast-autocomplete, a tenth of all"
        theirs[name] = timed(f"  peer, {name}", lambda prefix: complete.search(prefix, 0, 10), prefixes[:2000])
    for name, median in theirs.items():
        print(f"  ratio of medians to ours: {median / ours:,.1f} ({name})")


def tantivy_prefix(keys: list[str], scores: list[float]) -> Callable[[str], object]:
    """Regular expressions over untokenized suggestions, ordered by a fast field."""
    import re

    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("score", fast=True)
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(512 * 2**20, 1)
    for key, score in zip(keys, scores, strict=True):
        document = tantivy.Document()
        document.add_text("key", key)
        document.add_unsigned("score", int(1000 * score))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(prefix: str) -> object:
        query = tantivy.Query.regex_query(schema, "key", re.escape(prefix).replace("\\ ", " ") + ".*")
        return searcher.search(query, 10, count=False, order_by_field="score")

    return ask


def ngrams(titles: list[str], size: int) -> dict[str, float]:
    """The `size` commonest n-grams; where the titles have too few, those of titles with words of others in them."""
    rng, counts = random.Random(0), Counter[str]()
    words = [title.lower().split() for title in titles]
    while True:
        for some in words:
            for length in range(1, LONGEST + 1):
                counts.update(" ".join(some[at : at + length]) for at in range(len(some) - length + 1))
        if len(counts) >= size:
            return {query: float(np.log1p(count)) for query, count in counts.most_common(size)}
        words = [[rng.choice(rng.choice(words)) if rng.random() < 0.3 else word for word in some] for some in words]


def suggestions(counts: dict[str, float]) -> Suggestions:
    columns = {field.name: pa.nulls(len(counts), field.type) for field in SUGGESTION_SCHEMA}
    columns |= {
        "query": pa.array(list(counts)),
        "normal": pa.array(list(counts)),
        "source": pa.repeat("title", len(counts)),
        "score": pa.array(list(counts.values())),
        "synthetic": pa.repeat(False, len(counts)),
    }
    return Suggestions(pa.table(columns, schema=SUGGESTION_SCHEMA))


def drawn(queries: list[str], count: int) -> list[str]:
    rng = random.Random(1)
    keys = [key_text(query) for query in rng.sample(queries, count)]
    return [key[: rng.randint(1, len(key))] for key in keys if key]


def misspelled(queries: list[str], count: int) -> list[str]:
    rng, made = random.Random(2), list[str]()
    for query in rng.sample(queries, count):
        key = key_text(query)
        if len(key) < 5:
            continue
        prefix = key[: rng.randint(5, len(key))]
        at, kind = rng.randrange(1, len(prefix)), rng.choice(("drop", "change", "add"))
        letter = "" if kind == "drop" else rng.choice(LETTERS)
        made.append(prefix[:at] + letter + prefix[at + (kind != "add") :])
    return made


def read_titles(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(dict.fromkeys(row["title"] for row in csv.DictReader(file)))


if __name__ == "__main__":
    main()
