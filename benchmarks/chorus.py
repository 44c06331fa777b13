"""Rules mined without an LLM, proved on the judged queries of an electronics catalog: baseline and gains.

Run: python benchmarks/chorus.py [--data ../shared/data/chorus]

BM25 over title 2, text 1, category 0.5, attributes 0.5; nDCG@10 with gains 2^grade - 1, with results that nobody judged
as worthless (zero) and without them (condensed). Changes are held out: each query is searched with the rules that were
selected on the other four folds. 95 % paired percentile bootstrap over queries.
"""

import argparse
import csv
import gzip
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from tilth.artifacts.index import SearchIndex
from tilth.enrich.expand import type_rules, types_of
from tilth.enrich.prove import Judged, Proof, ProveConfig, prove
from tilth.enrich.synonyms import SynonymConfig, Titles, find_heads, mine, to_rules
from tilth.records import Entities, Rule
from tilth.stats import Estimate

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "chorus"
KIND = "attr_t_product_type"


def catalog(folder: Path) -> Entities:
    with gzip.open(folder / "products.jsonl.gz", "rt", encoding="utf-8") as file:
        products = [json.loads(line) for line in file]
    text = [
        " ; ".join(str(value) for name, value in one.items() if name.startswith("attr_t") and name != KIND)
        for one in products
    ]
    columns = {
        "id": [one["id"] for one in products],
        "title": [one.get("title") or one.get("name") or "" for one in products],
        "text": [one.get("short_description") or "" for one in products],
        "category": [one.get(KIND) or "" for one in products],
        "attributes": text,
        "brand": [one.get("supplier") or "" for one in products],
    }
    return Entities("item", pa.table(columns))


def judged_queries(folder: Path) -> Judged:
    grades = defaultdict[str, dict[str, float]](dict)
    with (folder / "ratings.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            grades[row["query"]][row["docid"]] = float(row["rating"])
    useful = sorted(query for query, given in grades.items() if max(given.values()) > 0)
    return Judged(tuple(useful), tuple(grades[query] for query in useful), ("human:panel",))


def interval(estimate: Estimate, sign: str = "+") -> str:
    return f"{estimate.value:{sign}.4f} [{estimate.low:{sign}.4f}, {estimate.high:{sign}.4f}]"


def show(name: str, proof: Proof) -> None:
    changes = "  ".join(
        f"{label} {interval(proof.changes[measure])}"
        for label, measure in (("zero", "ndcg"), ("condensed", "ndcg_condensed"), ("recall", "recall"))
    )
    touched = {family.name: family.touched for family in proof.families}
    print(f"{name:22s} {changes}  {proof.verdict}; queries touched {touched}", flush=True)


def types_against_categories(titles: Titles) -> None:
    """How often the head noun that is read from a title is a word of the category that the catalog gives (it is given
    for a few, and not shown to the finder)."""
    rows = [row for row, name in enumerate(titles.categories) if len(name) > 1]
    likely = find_heads(titles).likely
    right = sum(bool(set(likely[row]) & set(titles.categories[row].lower().split())) for row in rows)
    print(
        f"types read from titles: {sum(map(bool, likely)):,} of {len(likely):,} items; a word of the given category in "
    )
    print(f"  {right / len(rows):.2f} of {len(rows):,} items that have one")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    folder = parser.parse_args().data
    items, judged = catalog(folder), judged_queries(folder)
    titles = Titles.of(items)
    types_against_categories(titles)
    types = types_of(titles, find_heads(titles))
    typed = Entities("item", items.table.append_column("type", pa.array(types)))
    rules: Sequence[Rule] = [*type_rules(types), *to_rules(mine(items, [], SynonymConfig()))]
    count = Counter(rule.provenance for rule in rules)
    with tempfile.TemporaryDirectory() as place:
        index, config = SearchIndex.build(typed, Path(place) / "index"), ProveConfig()
        proof = prove(rules, judged, index, config)
        baseline = {name: interval(value, "") for name, value in proof.baseline.items()}
        print(
            f"{len(judged)} queries; baseline nDCG@10 zero {baseline['ndcg']}, condensed {baseline['ndcg_condensed']}"
        )
        for name in sorted(count):
            show(f"{name} ({count[name]})", prove([r for r in rules if r.provenance == name], judged, index, config))
        show(f"all together ({len(rules)})", proof)
        print("  chosen on all queries:", [family.name for family in proof.families if family.chosen])
        print(f"  ship {len(proof.ships)}: {proof.reason}")


if __name__ == "__main__":
    main()
