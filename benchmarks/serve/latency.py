"""In process, one thread: bytes of a request -> bytes of the reply, for candidates that the store knows.

    python benchmarks/serve/latency.py [--work work]

Floor in the same run: the student's LightGBM model alone on the same number of rows of features.
"""

import argparse
import sys
import time
from pathlib import Path

import msgspec
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from world import bodies, project

from tilth.apps.serve.artifact import load
from tilth.apps.serve.config import ServeConfig
from tilth.apps.serve.service import answer_filter
from tilth.client import FilterRequest

REPEATS = {1: 500, 100: 500, 1_000: 100}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work"))
    config = project(parser.parse_args().work)
    loaded = load(config.parent / "work", ServeConfig())
    decoder, encoder = msgspec.json.Decoder(FilterRequest), msgspec.json.Encoder()

    def answer(body: bytes) -> bytes:
        return encoder.encode(answer_filter(loaded, decoder.decode(body), "r", None)[0])

    def score(body: bytes) -> bytes:
        asked = msgspec.structs.replace(decoder.decode(body), reasons="none")
        return encoder.encode(answer_filter(loaded, asked, "r", None)[0])

    print(f"{'candidates':>10}  {'':12}  {'median ms':>9}  {'p99 ms':>7}  {'over model alone':>16}")
    for count, repeats in REPEATS.items():
        asked = bodies(config, repeats, count)
        model = loaded.filter.student.model
        rows = np.arange(count) % len(loaded.prepared.items)
        X = loaded.filter.student.features(loaded.prepared, np.zeros(count, np.int64), rows)
        floor = quantiles([(lambda model=model, X=X: model.raw_scores(X)) for _ in range(repeats)])
        for name, work in (("with reasons", answer), ("no reasons", score)):
            median, p99 = quantiles([(lambda body=body, work=work: work(body)) for body in asked])
            print(f"{count:>10,}  {name:12}  {median:>9.2f}  {p99:>7.2f}  {median / floor[0]:>16.1f}")


def quantiles(calls: list) -> tuple[float, float]:
    """Median and 99th percentile of the calls' times, ms."""
    for call in calls[:20]:
        call()
    times = []
    for call in calls:
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return float(np.median(times) * 1e3), float(np.quantile(times, 0.99) * 1e3)


if __name__ == "__main__":
    main()
