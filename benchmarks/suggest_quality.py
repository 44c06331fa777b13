"""How good suggestions are for queries that nobody has asked before, and what each source adds.

    python benchmarks/suggest_quality.py [--data ../shared/data/home_depot] [--held 6]

Catalog and log are those of `examples/home_depot_suggest`; its held-out fold is left alone unless `--held 7` says so.
Intervals: 95 % percentile bootstrap over the held-out queries. A query is offered where a suggestion has its normal
form. The peer in the same run: phrases of titles by frequency.
"""

import argparse
import csv
import gzip
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tilth.artifacts.index import SearchIndex
from tilth.artifacts.suggester import Suggester
from tilth.records import Entities, Suggestions
from tilth.stats import Estimate
from tilth.suggest.evaluate import (
    covered,
    exploratory_share,
    hits,
    keystrokes_saved,
    mean_of,
    ranks_after,
    reciprocal_ranks,
    retrievability,
    typed_until,
)
from tilth.suggest.sets import RECOMBINED, normal_form, propose, title_phrases

CHARS = (3, 6, 10)
BROAD = 10
"""A suggestion explores if so many titles hold its words."""
TRIED = 20_000
"""So many suggestions are searched for, to see which items they bring back."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/home_depot"))
    parser.add_argument("--held", type=int, default=6)
    options = parser.parse_args()
    titles, folds = read(options.data)
    log, queries = folds[: options.held], folds[options.held]
    learned = propose(titles, log).table
    for name, table in tables(titles, learned):
        with tempfile.TemporaryDirectory() as folder:
            measure(name, table, Suggester.build(Suggestions(table), Path(folder) / "suggester"), queries)
    with tempfile.TemporaryDirectory() as folder:
        reach(titles, [query for part in log for query in part], learned, Path(folder))


def read(data: Path) -> tuple[list[str], list[list[str]]]:
    """Titles, and the queries of each fold."""
    with gzip.open(data / "pairs.csv.gz", "rt", encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    folds = [list(dict.fromkeys(row["query"] for row in pairs if int(row["fold"]) == fold)) for fold in range(8)]
    return list(dict.fromkeys(row["title"] for row in pairs)), folds


def tables(titles: list[str], learned: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    yield "title phrases by frequency", title_phrases(titles).table
    yield "all", learned
    for source in ("title", "log", RECOMBINED):
        yield f"all without {source}", learned.filter(pc.not_equal(learned["source"], source))


@lru_cache(maxsize=1_000_000)
def form(text: str) -> str:
    return normal_form(text)


def measure(name: str, table: pa.Table, suggester: Suggester, queries: list[str]) -> None:
    def complete(typed: str) -> list[str]:
        return [one.query for one in suggester.complete(typed)]

    print(f"\n{name}: {len(suggester):,} suggestions")
    found = covered(table["normal"].to_pylist(), [form(query) for query in queries])
    show("coverage", mean_of(found))
    sizes = np.array([len(form(query).split()) for query in queries])
    for size in range(1, 5):
        show(f"  of queries of {size} words", mean_of(found[sizes == size]))
    for chars in CHARS:
        ranks = ranks_after(complete, queries, chars, form)
        show(f"MRR@10 after {chars}", mean_of(reciprocal_ranks(ranks)))
        show(f"hit@10 after {chars}", mean_of(hits(ranks)))
    lengths = np.array([len(query) for query in queries])
    show("keystrokes saved", mean_of(keystrokes_saved(typed_until(complete, queries, form), lengths)))
    if table["items"].null_count == 0:
        items = dict(zip(table["query"].to_pylist(), table["items"].to_pylist(), strict=True))
        shares = exploratory_share(complete, [query[:3] for query in queries], lambda one: items.get(one, 0) >= BROAD)
        show(f"held by {BROAD} titles and more, offered after 3", mean_of(shares[~np.isnan(shares)]))


def reach(titles: list[str], log: list[str], learned: pa.Table, folder: Path) -> None:
    """Items that the log's queries bring back, without and with the best suggestions."""
    catalog = pa.table({"id": [str(row) for row in range(len(titles))], "title": titles, "text": [""] * len(titles)})
    index = SearchIndex.build(Entities("item", catalog), folder / "index")
    best = learned.sort_by([("score", "descending")]).slice(0, TRIED)["query"].to_pylist()
    print(f"\nitems among the first ten of some query, of {len(titles):,}")
    for name, queries in (("the log", log), (f"the log and {len(best):,} suggestions", [*log, *best])):
        found = retrievability([index.search(query, 10).rows for query in queries], len(titles))
        show(f"never brought back by {name}", found.never)
        show("  Gini", found.gini)


def show(what: str, estimate: Estimate) -> None:
    print(f"{what:50s} {estimate.value:.4f} [{estimate.low:.4f}, {estimate.high:.4f}]", flush=True)


if __name__ == "__main__":
    main()
