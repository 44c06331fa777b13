"""The category of a query, by the small model of `tilth enrich expand`: on queries it has not seen, beside its peers.

Run: python benchmarks/understand.py [--data ../shared/data]

Occupations: 3,039 ESCO occupations, categories are the 42 two-digit groups of ISCO-08; queries are their alternative
labels, category and label by ESCO's editors. A fifth of the occupations is held out with all its labels.
Shop: Home Depot's products; categories are head nouns that are mined from titles, not people's. What a query means is
the category that most of its relevant products have: relevant as people say (fold 7, the test), and for learning as
people say (folds 0-6), or as an LLM says that judged some 4,000 of these pairs.
Peers in the same run: the largest category; and a vote of the ten best titles that BM25 finds, each with its score.
That the model divides its sum by the root of the number of features was chosen with an eye on these queries, and
nothing else. An answer that is not given counts as wrong. 95 % intervals: Wilson; of differences a paired bootstrap.
"""

import argparse
import csv
import gzip
import hashlib
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from tilth.artifacts.index import SearchIndex
from tilth.artifacts.understanding import CategoryModel, normal_form
from tilth.enrich.expand import item_categories
from tilth.enrich.expand.categories import CategoryCounts, count_categories, fit_categories
from tilth.enrich.expand.measure import SURE, HeldOut, choose, fold_of
from tilth.enrich.synonyms import Titles, find_heads
from tilth.records import Entities
from tilth.stats import ClusterBootstrap, expected_calibration_error, percentile_interval, wilson

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
MOST = 5_000
Labels = Mapping[str, Mapping[str, float]]
Answer = tuple[str, float] | None


@dataclass(frozen=True)
class World:
    """`teach`: by source, labelled queries to learn from; `test`: those to answer."""

    name: str
    titles: Sequence[str]
    categories: Sequence[str]
    teach: Mapping[str, Labels]
    test: Labels


def occupations(folder: Path) -> World:
    with gzip.open(folder / "esco" / "occupations_en.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    teach, test = dict[str, Mapping[str, float]](), dict[str, Mapping[str, float]]()
    titles, categories = list[str](), list[str]()
    for row in rows:
        group = row["iscoGroup"][:2]
        held_out = fold_of(row["preferredLabel"], 5) == 0
        if not held_out:
            titles.append(row["preferredLabel"])
            categories.append(group)
        for label in row["altLabels"].split("\n"):
            if label.strip() and label != row["preferredLabel"]:
                (test if held_out else teach)[label] = {group: 1.0}
    return World("occupations", titles, categories, {"rule:esco": teach}, some_of(test))


def shop(folder: Path) -> World:
    with gzip.open(folder / "home_depot" / "pairs.csv.gz", "rt", encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    products = {row["product_uid"]: row["title"] for row in pairs}
    columns = {"id": list(products), "title": list(products.values()), "text": [""] * len(products)}
    titles = Titles.of(Entities("item", pa.table(columns)))
    categories = item_categories(titles, find_heads(titles))
    of = dict(zip(products, categories, strict=True))
    with (folder / "home_depot" / "llm_labels.csv").open(encoding="utf-8") as file:
        said = {row["id"]: float(row["grade"]) for row in csv.DictReader(file)}
    people = [(row["query"], of[row["product_uid"]], float(row["relevance"]), row["fold"] == "7") for row in pairs]
    model = [
        (row["query"], of[row["product_uid"]], said[row["id"]])
        for row in pairs
        if row["id"] in said and row["fold"] != "7"
    ]
    teach = {
        "human:raters": labels_of((query, kind, grade) for query, kind, grade, held in people if not held),
        "model:llm": labels_of(model),
    }
    test = labels_of((query, kind, grade) for query, kind, grade, held in people if held)
    return World("shop", columns["title"], categories, teach, some_of(test))


def labels_of(rows: object) -> Labels:
    """Categories of products with at least 2 of 3: "bad" begins below."""
    found: dict[str, Counter[str]] = {}
    for query, kind, grade in rows:  # type: ignore[attr-defined]
        if kind and grade >= 2:
            found.setdefault(query, Counter())[kind] += 1
    return found


def some_of(labels: Labels) -> Labels:
    order = sorted(labels, key=lambda query: hashlib.sha256(query.encode()).hexdigest())
    return {query: labels[query] for query in order[:MOST]}


def best_of(counts: Mapping[str, float]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def learned(world: World, labels: Labels) -> CategoryModel:
    """As `tilth enrich expand` does: weight and temperature are chosen by cross-validation over what it learns from."""
    counts = count_categories(world.titles, world.categories, list(labels.items()))
    place = {name: number for number, name in enumerate(counts.names)}
    queries = list(labels)
    folds = np.array([fold_of(normal_form(query), 5) for query in queries])
    rows = [row for row, query in enumerate(queries) if best_of(labels[query]) in place][:MOST]
    truth = np.array([place[best_of(labels[queries[row]])] for row in rows])
    chosen = choose(counts, HeldOut([queries[row] for row in rows], truth, folds[rows], folds))
    print(f"    a labelled query counts as {chosen.weight:g} titles, temperature {chosen.temperature:g}", flush=True)
    return replace(counts.fit(chosen.weight), temperature=chosen.temperature)


def by_model(model: CategoryModel) -> Callable[[str], Answer]:
    def answer(query: str) -> Answer:
        p = model.probabilities(query)
        return None if p is None else (model.names[int(p.argmax())], float(p.max()))

    return answer


def by_search(world: World, folder: Path) -> Callable[[str], Answer]:
    """The vote of the ten best titles."""
    columns = {"id": [str(n) for n in range(len(world.titles))], "title": list(world.titles)}
    table = pa.table({**columns, "text": [""] * len(world.titles)})
    index = SearchIndex.build(Entities("item", table), folder)

    def answer(query: str) -> Answer:
        hits, votes = index.search(query, 10), Counter[str]()
        for row, score in zip(hits.rows.tolist(), hits.scores.tolist(), strict=True):
            votes[world.categories[row]] += score
        votes.pop("", None)
        return (best_of(votes), votes[best_of(votes)] / votes.total()) if votes else None

    return answer


def report(name: str, world: World, answer: Callable[[str], Answer], before: np.ndarray | None) -> np.ndarray:
    begun = time.thread_time()
    found = [answer(query) for query in world.test]
    took = 1e6 * (time.thread_time() - begun) / len(found)
    truth = [best_of(counts) for counts in world.test.values()]
    right = np.array([one is not None and one[0] == true for one, true in zip(found, truth, strict=True)], float)
    given = np.array([one is not None for one in found])
    p = np.array([one[1] for one in found if one is not None])
    interval, sure = wilson(right.sum(), len(right)), p >= SURE
    line = (
        f"  {name:34} right {right.mean():.3f} [{interval.low:.3f}, {interval.high:.3f}]  answered {given.mean():.3f}"
    )
    line += f"  calibration error {expected_calibration_error(p, right[given]):.3f}"
    if sure.any():
        line += f"  p >= {SURE}: {sure.sum() / len(right):.2f} of queries, {right[given][sure].mean():.3f} right"
    if before is not None:
        gain = percentile_interval(ClusterBootstrap(np.arange(len(right))).mean(right - before))
        line += f"  against titles alone {(right - before).mean():+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]"
    print(f"{line}  {took:.0f} us", flush=True)
    return right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    data = parser.parse_args().data
    for world in (occupations(data), shop(data)):
        named = Counter(name for name in world.categories if name)
        counts: CategoryCounts = count_categories(world.titles, world.categories)
        print(
            f"{world.name}: {len(world.titles):,} titles, {len(counts.names)} categories, {len(world.test):,} queries"
        )
        largest = named.most_common(1)[0][0]
        report("the largest category", world, lambda _, one=largest: (one, 1.0), None)
        with tempfile.TemporaryDirectory() as place:
            report("vote of the ten best titles (BM25)", world, by_search(world, Path(place) / "i"), None)
        titles = report("titles alone", world, by_model(fit_categories(world.titles, world.categories)), None)
        for name, labels in world.teach.items():
            told = f"and {len(labels):,} queries, {name}"
            report(told, world, by_model(learned(world, labels)), titles)


if __name__ == "__main__":
    main()
