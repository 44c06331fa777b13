"""Suggestions and instant results over HTTP: one worker, a million suggestions, an open loop from another process.

    python benchmarks/serve/suggest.py --data ../shared/data/home_depot [--size 1000000] [--rate 200] [--seconds 10]

Suggestions are n-grams of real product titles, items the titles themselves. Requests are their prefixes, cut anywhere;
one in ten has a typing error. The floor in the same run: the same server, asked at the same rate whether it lives.
"""

import argparse
import random
import sys
import urllib.parse
from pathlib import Path

import pyarrow as pa

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
from open_loop import SETTINGS, measure  # noqa: E402
from suggest import drawn, misspelled, ngrams, read_titles, suggestions  # noqa: E402
from world import free_port, process  # noqa: E402

from tilth.artifacts.index import SearchIndex  # noqa: E402
from tilth.artifacts.suggester import Suggester  # noqa: E402
from tilth.records import Entities  # noqa: E402

REQUESTS = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/home_depot"))
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--work", type=Path, default=Path("work"))
    options = parser.parse_args()
    project = options.work / f"serve_suggest_{options.size}"
    if not (project / "queries").exists():
        prepare(project, options.data, options.size)
    port = free_port()
    (project / "tilth.toml").write_text(SETTINGS.format(port=port), encoding="utf-8")
    command = [sys.executable, "-m", "tilth", "serve", "--config", str(project / "tilth.toml")]
    with process(command, port, "/readyz", project / "output.txt") as server:
        (project / "nothing").write_text("x=1\n")
        floor = measure(port, "/healthz?", project / "nothing", options, server.pid)
        ours = measure(port, "/v1/suggest?", project / "queries", options, server.pid)
    print(f"ratio: {ours['p99_ms'] / floor['p99_ms']:.1f} x the p99 of a server that only says that it lives")


def prepare(project: Path, data: Path, size: int) -> None:
    """Suggester, index and requests, written once."""
    titles = read_titles(data / "pairs.csv.gz")
    counts = ngrams(titles, size)
    (project / "work").mkdir(parents=True)
    Suggester.build(suggestions(counts), project / "work" / "suggester")
    columns = {"id": [f"p{n}" for n in range(len(titles))], "title": titles, "text": [""] * len(titles)}
    SearchIndex.build(Entities("item", pa.table(columns)), project / "work" / "index")
    typed = [*drawn(list(counts), 9 * REQUESTS // 10), *misspelled(list(counts), REQUESTS // 10)]
    random.Random(3).shuffle(typed)
    (project / "queries").write_text("\n".join(urllib.parse.urlencode({"q": one}) for one in typed), encoding="utf-8")


if __name__ == "__main__":
    main()
