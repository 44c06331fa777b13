"""Suggestions for what nobody has searched for yet: no query of the last fold stands in the log.

python examples/home_depot_suggest/run.py [--data ../shared/data] [--work work] [--held 7] [--ranker]

Catalog: the titles. Log: the queries of the folds before the held-out one; a row is an impression, a relevance of 2.5
or more a success. Held out: fold 7, used for nothing but the table; settings were chosen with `--held 6`. A query
counts as offered where a suggestion has its normal form: lower case, singular, units and numbers in one spelling, in
any order. `--ranker` also asks whether a ranker pays, on the last fold of the log.
"""

import csv
import gzip
import shutil
import sys
from collections import Counter
from functools import lru_cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pyarrow as pa
import pyarrow.compute as pc
from data import arguments, need

from tilth.artifacts.suggester import Suggester
from tilth.records import Suggestions
from tilth.stats import Estimate
from tilth.suggest.evaluate import Complete, Outcome, evaluate, ratio_of
from tilth.suggest.rank import fit_ranker, replay
from tilth.suggest.sets import RECOMBINED, counted, normal_form, propose, title_phrases

HELD_OUT = 7
MOST = 1_000_000
SUCCESS_FROM = 2.5
CHARS = (3, 6, 10)
TYPED = range(2, 13)


def main() -> None:
    options = arguments(__doc__, held=HELD_OUT, ranker=False)
    data, work = need(options.data, "home_depot"), options.work / "home_depot_suggest"
    with gzip.open(data / "pairs.csv.gz", "rt", encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    titles = list(dict.fromkeys(pair["title"] for pair in pairs))
    folds = [list(dict.fromkeys(row["query"] for row in pairs if int(row["fold"]) == fold)) for fold in range(8)]
    log, queries = folds[: options.held], folds[options.held]
    successes = Counter(
        pair["query"] for pair in pairs if int(pair["fold"]) < options.held and float(pair["relevance"]) >= SUCCESS_FROM
    )
    asked = {query: 1.0 + successes[query] for fold in log for query in fold}
    show(compare(sources(titles, log, asked), queries, work))
    if options.ranker:
        learn_ranker(titles, log, work)


def sources(titles: list[str], log: list[list[str]], asked: dict[str, float]) -> dict[str, pa.Table]:
    """The baseline first, then each source alone, then all of them."""
    learned = propose(titles, log).table
    return {
        "title phrases by frequency": title_phrases(titles, most=MOST).table,
        "word sets of titles, learned": learned.filter(pc.equal(learned["source"], "title")),
        "log": counted(asked, "log").table,
        "log, recombined": learned.filter(pc.equal(learned["source"], RECOMBINED)),
        "all": learned,
    }


def compare(tables: dict[str, pa.Table], queries: list[str], work: Path) -> list[Outcome]:
    """Build the artifacts that a server would map into memory, and type the queries into them."""
    found = list[Outcome]()
    for name, table in tables.items():
        suggester, forms = built(table, work), table["normal"].to_pylist()
        found.append(evaluate(name, completing(suggester), forms, queries, form, chars=CHARS))
    return found


def built(table: pa.Table, work: Path) -> Suggester:
    folder = work / "suggester"
    shutil.rmtree(folder, ignore_errors=True)
    return Suggester.build(Suggestions(table), folder)


def completing(suggester: Suggester) -> Complete:
    return lambda typed: [one.query for one in suggester.complete(typed)]


@lru_cache(maxsize=1_000_000)
def form(text: str) -> str:
    return normal_form(text)


def learn_ranker(titles: list[str], log: list[list[str]], work: Path) -> None:
    """Type the last part of the log into a suggester that has learned from the parts before it."""
    suggester = built(propose(titles, log[:-1]).table, work)
    fitted = fit_ranker(replay(suggester, log[-1], form, TYPED), suggester.sources)
    verdict = "it is left out" if fitted.ranker is None else "it is worth having"
    print(f"\nA ranker gains {shown(fitted.gain)} in MRR@10 over all prefixes of queries held out: {verdict}")


def show(outcomes: list[Outcome]) -> None:
    base, every = outcomes[0], outcomes[-1]
    print(f"{'':30s}{'suggestions':>12s}  {'coverage':20s}  " + "  ".join(f"MRR@10 after {n:<8d}" for n in CHARS))
    for one in outcomes:
        print(f"{one.name:30s}{one.size:12,d}  " + "  ".join(map(shown, (one.coverage, *map(one.mrr, CHARS)))))
    ratios = [ratio_of(every.covered, base.covered)]
    ratios += [ratio_of(every.reciprocal[count], base.reciprocal[count]) for count in CHARS]
    print(f"{'all / baseline':44s}" + "  ".join(map(shown, ratios)))


def shown(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


if __name__ == "__main__":
    main()
