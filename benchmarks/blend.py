"""Whether expected usefulness foretells clicks, and whether its order beats suggestions first.

    python benchmarks/blend.py [--data ../shared/data]

Two logs. TREC 2013 sessions: real clicks; suggestions come from one half of the sessions, searches from the other, both
ways round. Home Depot: queries of folds 0 to 6, their products of relevance 2.5 and more as clicks; here each query was
seen before. Curves are learned from two thirds of the searches and measured on the last, three times. Intervals: 95 %
percentile bootstrap over searches. The peer in the same run: the defaults, and three suggestions above all items.
"""

import argparse
import csv
import gzip
import tempfile
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

import tilth
from tilth.artifacts.index import SearchIndex
from tilth.artifacts.suggester import Suggester
from tilth.artifacts.usefulness import DEFAULT
from tilth.data import SearchSource
from tilth.stats import ClusterBootstrap, Estimate
from tilth.suggest.blend import FittedUsefulness, first_gain, fit_usefulness, replay, sample_clicked

SETTINGS = """
[data.items]
path = "items.csv"
id = "id"
title = "title"
text = ["text"]
[data.searches]
path = "log.csv"
query = "query"
user_id = "user"
clicked = "clicked"
[suggest.log]
min_users = 1
"""
CLICKED_FROM = 2.5

Row = tuple[str, str, str]
"""Who searched, for what, and the items clicked, `|` between them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    items, searches = trec(data / "trec_session")
    halves = [[row for row in searches if int(row[0]) % 2 == half] for half in (0, 1)]
    show("TREC, odd sessions", items, halves[0], halves[1])
    show("TREC, even sessions", items, halves[1], halves[0])
    items, searches = home_depot(data / "home_depot")
    show("Home Depot, seen queries", items, searches, searches)


def show(name: str, items: Iterable[Row], log: list[Row], held: list[Row]) -> None:
    """Build from `log`, type the clicked searches of `held`."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder / "items.csv", ("id", "title", "text"), items)
        write(folder / "log.csv", ("user", "query", "clicked"), log)
        write(folder / "held.csv", ("user", "query", "clicked"), held)
        (folder / "tilth.toml").write_text(SETTINGS, encoding="utf-8")
        project = tilth.Project(folder / "tilth.toml")
        project.suggest.mine()
        project.suggest.build()
        searches = sample_clicked(SearchSource(path="held.csv", query="query", clicked="clicked"), base=folder)
        replayed = replay(
            searches, Suggester(project.suggest.suggester_folder), SearchIndex.open(project.work / "index")
        )
    tell(name, fit_usefulness(replayed, least=50))
    gains = np.array([first_gain(one, DEFAULT) for one in replayed])
    bootstrap = ClusterBootstrap([one.row for one in replayed])
    gain = bootstrap.estimate(gains.mean(), bootstrap.mean(gains))
    print(f"    first wanted line, defaults over the rule: {said(gain)} in reciprocal rank")


def tell(name: str, fitted: FittedUsefulness) -> None:
    curves = ", ".join(
        f"{kind} {curve.ceiling:.2f} * share ** {curve.power:.3g}"
        for kind, curve in (("suggestion", fitted.usefulness.suggestion), ("item", fitted.usefulness.item))
    )
    assert fitted.log_loss is not None
    assert fitted.first is not None
    print(f"{name}, {fitted.searches:,} clicked searches: {curves}")
    print(f"    log loss a prefix below that of the defaults: {said(fitted.log_loss)}")
    print(f"    first wanted line, learned over the rule: {said(fitted.first)} in reciprocal rank")


def trec(folder: Path) -> tuple[list[Row], list[Row]]:
    """Documents that were shown, and all searches."""
    items, searches = dict[str, Row](), list[Row]()
    for session in ElementTree.parse(folder / "sessiontrack2013.xml").getroot().iter("session"):
        for step in session.iter("interaction"):
            at = dict[str, str]()
            for result in step.iter("result"):
                one = (result.findtext("clueweb12id") or result.findtext("url") or "").strip()
                title, text = ((result.findtext(name) or "").strip() for name in ("title", "snippet"))
                items.setdefault(one, (one, title or one, text))
                at[result.get("rank") or ""] = one
            clicked = [at[rank] for click in step.iter("click") if (rank := click.findtext("rank") or "") in at]
            if query := (step.findtext("query") or "").strip():
                searches.append((session.get("num") or "0", query, "|".join(clicked)))
    return list(items.values()), searches


def home_depot(folder: Path) -> tuple[list[Row], list[Row]]:
    """Products, and a search of somebody else for each judged one."""
    with gzip.open(folder / "pairs.csv.gz", "rt", encoding="utf-8", newline="") as file:
        pairs = [row for row in csv.DictReader(file) if int(row["fold"]) < 7]
    ids = {title: f"p{number}" for number, title in enumerate(dict.fromkeys(row["title"] for row in pairs))}
    searches = [
        (f"u{number}", row["query"], ids[row["title"]] if float(row["relevance"]) >= CLICKED_FROM else "")
        for number, row in enumerate(pairs)
    ]
    return [(one, title, "") for title, one in ids.items()], searches


def write(path: Path, header: Row, rows: Iterable[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def said(estimate: Estimate) -> str:
    return f"{estimate.value:+.4f} [{estimate.low:+.4f}, {estimate.high:+.4f}]"


if __name__ == "__main__":
    main()
