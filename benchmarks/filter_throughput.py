"""`tilth filter` on 1,000,000 pairs, end to end: read, score, decide, state reasons, write.

    python benchmarks/filter_throughput.py [--data ../shared/data] [--work work] [--pairs 1000000]

The pairs are those of Home Depot, repeated. Peer in the same run: a plain scikit-learn pipeline (TF-IDF of query and
title together, logistic regression, `predict_proba`) over the same file, trained on the same labels, without reasons.
"""

import argparse
import csv
import gzip
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
BATCH = 100_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=REPO.parent / "shared" / "data")
    parser.add_argument("--work", type=Path, default=Path("work"))
    parser.add_argument("--pairs", type=int, default=1_000_000)
    options = parser.parse_args()
    source = options.data / "home_depot" / "pairs.csv.gz"
    if not source.exists():
        sys.exit(f"{source} is not there; name the folder of the data sets with --data")
    project = options.work / "home_depot" / "llm"
    if not (project / "work" / "student" / "filter.json").exists():
        script = [sys.executable, str(REPO / "examples" / "home_depot" / "run.py")]
        subprocess.run([*script, "--data", str(options.data), "--work", str(options.work)], check=True)
    many = write_pairs(source, options.work / "million.csv", options.pairs)
    ours = run_tilth(project, many, options.work / "filtered.parquet")
    peer = run_peer(project, source, many, options.work / "peer.csv")
    print(
        f"tilth filter   {options.pairs / ours['wall']:>9,.0f} pairs/s end to end ({ours['wall']:.1f} s with start-up)"
    )
    print(f"               dropped {ours['dropped']:,}, each with reasons")
    print(f"scikit-learn   {options.pairs / peer:>9,.0f} pairs/s (TF-IDF + logistic regression, no reasons)")
    print(f"ratio          {peer / ours['wall']:.2f}")


def write_pairs(source: Path, out: Path, count: int) -> Path:
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        rows = [(row["query"], row["product_uid"]) for row in csv.DictReader(file)]
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("query", "product_uid"))
        for start in range(0, count, len(rows)):
            writer.writerows(rows[: count - start])
    return out


def run_tilth(project: Path, pairs: Path, out: Path) -> dict[str, float]:
    """One cold process. At 0.3 about one pair in thirteen is dropped, so that reasons are paid for too."""
    command = [sys.executable, "-m", "tilth", "filter", str(pairs), "--config", str(project / "tilth.toml"), "--json"]
    started = time.perf_counter()
    done = subprocess.run(
        [*command, "--out", str(out), "--threshold", "0.3"], check=True, capture_output=True, text=True
    )
    return {"wall": time.perf_counter() - started, "dropped": json.loads(done.stdout)["dropped"]}


def run_peer(project: Path, source: Path, pairs: Path, out: Path) -> float:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        titles = {row["product_uid"]: row["title"] for row in csv.DictReader(file)}
    with (project / "labels.csv").open(encoding="utf-8", newline="") as file:
        labels = [(f"{r['query']} {titles[r['product_uid']]}", float(r["p_bad"]) >= 0.5) for r in csv.DictReader(file)]
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=1000))
    model.fit([text for text, _ in labels], [bad for _, bad in labels])
    started = time.perf_counter()
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for rows in batches(pairs):
            p = model.predict_proba([f"{query} {titles[item]}" for query, item in rows])[:, 1]
            writer.writerows((*row, score) for row, score in zip(rows, p, strict=True))
    return time.perf_counter() - started


def batches(path: Path) -> Iterator[list[tuple[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        batch: list[tuple[str, str]] = []
        for row in csv.DictReader(file):
            batch.append((row["query"], row["product_uid"]))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


if __name__ == "__main__":
    main()
