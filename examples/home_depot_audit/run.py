"""A catalog and what is searched for in it: queries that find nothing that fits, and products that no query finds.

python examples/home_depot_audit/run.py [--data ../shared/data] [--work work]
"""

import csv
import gzip
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from data import arguments, need, write_csv
from show import audit_here

SUCCESS_FROM = 2.5


def main() -> None:
    options = arguments(__doc__)
    folder = options.work / "home_depot_audit"
    prepare(need(options.data, "home_depot"), folder)
    audit_here(Path(__file__).with_name("tilth.toml"), folder)


def prepare(data: Path, folder: Path) -> None:
    """products.csv: each product by its first title. searches.csv: a row a query, with what was shown and clicked."""
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(data / "pairs.csv.gz", "rt", encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    products = {pair["product_uid"]: pair["title"] for pair in reversed(pairs)}
    write_csv(folder / "products.csv", ("product_uid", "title"), products.items())
    shown, clicked = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for pair in pairs:
        shown[pair["query"]].append(pair["product_uid"])
        if float(pair["relevance"]) >= SUCCESS_FROM:
            clicked[pair["query"]].append(pair["product_uid"])
    rows = [(query, "|".join(ids), "|".join(clicked[query])) for query, ids in shown.items()]
    write_csv(folder / "searches.csv", ("query", "shown", "clicked"), rows)


if __name__ == "__main__":
    main()
