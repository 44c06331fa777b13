"""How good suggestions are for queries that nobody has asked before, and what each source adds.

    python benchmarks/suggest_quality.py [--data ../shared/data/home_depot] [--held 6] [--ranker]

Catalog and log are those of `examples/home_depot_suggest`; its held-out fold is left alone unless `--held 7` says so.
Intervals: 95 % percentile bootstrap over the held-out queries, which are different ones; differences are paired. A
query is offered where a suggestion has its normal form. The peer in the same run: phrases of titles by frequency. The
data has no categories: queries are sliced by their words, and by whether the log asks for the thing they end with.
Without a source its suggestions are left out; what scores the others has learned from titles and log all the same.
`--ranker` also learns an order, on the fold before the held-out one, and types the held-out queries into it.
"""

import argparse
import csv
import gzip
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.artifacts.index import SearchIndex
from tilth.artifacts.suggester import Ranker, Suggester, normal_words
from tilth.records import Entities, Suggestions
from tilth.stats import ClusterBootstrap, Estimate
from tilth.suggest.evaluate import (
    Complete,
    Outcome,
    clustered_mean,
    evaluate,
    exploratory_share,
    ratio_of,
    retrievability,
)
from tilth.suggest.rank import fit_ranker, replay
from tilth.suggest.sets import RECOMBINED, normal_form, propose, title_phrases

CHARS = (3, 6, 10)
BROAD = 10
"""A suggestion explores if so many titles hold its words."""
TRIED = 20_000
"""So many suggestions are searched for, to see which items they bring back."""
PEER, ALL, RANKED, LOG = "title phrases by frequency", "all", "all, ranked", "log alone"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/home_depot"))
    parser.add_argument("--held", type=int, default=6)
    parser.add_argument("--ranker", action="store_true")
    options = parser.parse_args()
    titles, folds = read(options.data)
    log, queries = folds[: options.held], folds[options.held]
    learned = propose(titles, log).table
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        suggester = Suggester.build(Suggestions(learned), place / "all")
        whole = play(ALL, learned, suggester, queries)
        slices(whole.outcome, queries, log)
        for name, table in others(titles, learned):
            part = Suggester.build(Suggestions(table), place / name.replace(" ", "-"))
            played = play(name, table, part, queries)
            show_ratio(whole, played) if name == PEER else show_gain(whole, played)
        if options.ranker and (ranker := fit_ranker_on(titles, log, place)) is not None:
            show_gain(play(RANKED, learned, suggester.with_ranker(ranker), queries), whole)
        reach(titles, [query for part in log for query in part], learned, place)


def read(data: Path) -> tuple[list[str], list[list[str]]]:
    """Titles, and the queries of each fold."""
    with gzip.open(data / "pairs.csv.gz", "rt", encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    folds = [list(dict.fromkeys(row["query"] for row in pairs if int(row["fold"]) == fold)) for fold in range(8)]
    return list(dict.fromkeys(row["title"] for row in pairs)), folds


def others(titles: list[str], learned: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """What all sources together are compared with."""
    yield PEER, title_phrases(titles).table
    for source in ("title", "log", RECOMBINED):
        yield f"without {source}", learned.filter(pc.not_equal(learned["source"], source))
    yield LOG, learned.filter(pc.equal(learned["source"], "log"))


@lru_cache(maxsize=1_000_000)
def form(text: str) -> str:
    return normal_form(text)


def completing(suggester: Suggester) -> Complete:
    return lambda typed: [one.query for one in suggester.complete(typed)]


@dataclass(frozen=True)
class Played:
    """What came of each query (n,), and the share of what is offered after three characters that explores: NaN where
    nothing is offered, or where it is not known how many titles hold it."""

    outcome: Outcome
    exploring: NDArray[np.float64]


def play(name: str, table: pa.Table, suggester: Suggester, queries: list[str]) -> Played:
    complete = completing(suggester)
    outcome = evaluate(name, complete, table["normal"].to_pylist(), queries, form, chars=CHARS)
    shares = np.full(len(queries), np.nan)
    if table["items"].null_count == 0:
        items = dict(zip(table["query"].to_pylist(), table["items"].to_pylist(), strict=True))
        shares = exploratory_share(complete, [query[:3] for query in queries], lambda one: items.get(one, 0) >= BROAD)
    print(f"\n{name}: {len(suggester):,} suggestions")
    bootstrap = ClusterBootstrap(np.arange(len(queries)))
    for what, values in measures(outcome):
        show(what, clustered_mean(bootstrap, values))
    show(f"held by {BROAD} titles and more, offered after 3", clustered_mean(bootstrap, shares))
    return Played(outcome, shares)


def measures(outcome: Outcome) -> Iterator[tuple[str, NDArray[np.float64]]]:
    yield "coverage", outcome.covered
    for chars in CHARS:
        yield f"MRR@10 after {chars}", outcome.reciprocal[chars]
        yield f"hit@10 after {chars}", outcome.hit[chars]
    yield "MRR@10, mean of these", outcome.typing
    yield "keystrokes saved", outcome.saved


def show_ratio(whole: Played, peer: Played) -> None:
    print(f"\n{whole.outcome.name} / {peer.outcome.name}")
    base = dict(measures(peer.outcome))
    for what, values in measures(whole.outcome):
        show(what, ratio_of(values, base[what]))


def show_gain(whole: Played, less: Played) -> None:
    bootstrap = ClusterBootstrap(np.arange(len(whole.exploring)))
    print(f"\n{whole.outcome.name} - {less.outcome.name}")
    base = dict(measures(less.outcome))
    for what, values in measures(whole.outcome):
        show(what, clustered_mean(bootstrap, values - base[what]))
    show("exploratory share, where both offer something", clustered_mean(bootstrap, whole.exploring - less.exploring))


def slices(outcome: Outcome, queries: list[str], log: list[list[str]]) -> None:
    bootstrap = ClusterBootstrap(np.arange(len(queries)))
    words = [normal_words(query) for query in queries]
    sizes = np.array([len(one) for one in words])
    things = {one[-1] for part in log for query in part if (one := normal_words(query))}
    known = np.array([bool(one) and one[-1] in things for one in words])
    rows = {f"words: {size}": sizes == size for size in range(1, 5)}
    rows |= {"words: 5 and more": sizes > 4, "ends with a word that queries end with": known, "does not": ~known}
    for name, some in rows.items():
        print(f"\n{ALL}, {name}: {some.sum():,} queries")
        for what, values in measures(outcome):
            show(what, clustered_mean(bootstrap, values, some))


def fit_ranker_on(titles: list[str], log: list[list[str]], folder: Path) -> Ranker | None:
    """From the last part of the log, typed into what the parts before it give."""
    earlier = Suggester.build(propose(titles, log[:-1]), folder / "earlier")
    fitted = fit_ranker(replay(earlier, log[-1], form, range(2, 13)), earlier.sources)
    show("\nranker: gain in MRR@10 on the log, cross-validated", fitted.gain)
    return fitted.ranker


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
