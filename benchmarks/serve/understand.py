"""Query understanding: in this process, and over HTTP from one worker under an open loop from another process.

    python benchmarks/serve/understand.py --data ../shared/data/home_depot [--rate 200] [--seconds 10]

A home-improvement store: categories and types are read from 45,325 product titles; labels are people's judgments of the
queries of folds 0-6; expansions are the rules that look for types (candidates: here they are load, and not proved); the
speller is of the titles. Requests are queries of all folds as people typed them, mistakes included; about half of those
of folds 0-6 stand in the table of frequent ones. The floor in the same run: the same server, asked at the same rate
whether it lives.
"""

import argparse
import csv
import gzip
import hashlib
import sys
import time
import urllib.parse
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
from open_loop import SETTINGS, measure  # noqa: E402
from world import free_port, process  # noqa: E402

from tilth.apps.serve.understand.answer import answer_understand  # noqa: E402
from tilth.apps.serve.understand.artifact import Understands, load_understands  # noqa: E402
from tilth.apps.serve.understand.config import UnderstandConfig  # noqa: E402
from tilth.artifacts.speller import write_speller  # noqa: E402
from tilth.artifacts.understanding import (  # noqa: E402
    Made,
    RulesUsed,
    normal_form,
    write_understanding,
)
from tilth.client.messages import UnderstandRequest  # noqa: E402
from tilth.enrich.expand import (  # noqa: E402
    ExpandConfig,
    LabelledQuery,
    build_understander,
    item_categories,
    type_rules,
    types_of,
)
from tilth.enrich.spell import SpellConfig, build  # noqa: E402
from tilth.enrich.synonyms import Titles, find_heads  # noqa: E402
from tilth.records import Entities  # noqa: E402

REQUESTS = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/home_depot"))
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--work", type=Path, default=Path("work"))
    options = parser.parse_args()
    project = options.work / "serve_understand"
    queries = prepare(project, options.data)
    for name, config in (("with speller", UnderstandConfig()), ("without", UnderstandConfig(spelling=False))):
        in_process(name, load_understands(project / "work", config), queries)
    port = free_port()
    (project / "tilth.toml").write_text(SETTINGS.format(port=port), encoding="utf-8")
    (project / "nothing").write_text("x=1\n")
    command = [sys.executable, "-m", "tilth", "serve", "--config", str(project / "tilth.toml")]
    with process(command, port, "/readyz", project / "output.txt") as server:
        floor = measure(port, "/healthz?", project / "nothing", options, server.pid)
        ours = measure(port, "/v1/understand?", project / "queries", options, server.pid)
    print(f"ratio: {ours['p99_ms'] / floor['p99_ms']:.1f} x the p99 of a server that only says that it lives")


def prepare(project: Path, data: Path) -> list[str]:
    """The artifacts and the requests, written anew; returns the requests."""
    with gzip.open(data / "pairs.csv.gz", "rt", encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    products = {row["product_uid"]: row["title"] for row in pairs}
    columns = {"id": list(products), "title": list(products.values()), "text": [""] * len(products)}
    items = Entities("item", pa.table(columns))
    titles = Titles.of(items)
    heads = find_heads(titles)
    categories = item_categories(titles, heads)
    of = dict(zip(products, categories, strict=True))
    labels, head = dict[str, LabelledQuery](), list[tuple[str, float]]()
    for row in pairs:
        kind, query = of[row["product_uid"]], row["query"]
        if row["fold"] != "7" and kind and float(row["relevance"]) >= 2:
            before = labels.get(normal_form(query), LabelledQuery(query, {}, "human:raters"))
            counts = Counter(before.counts) + Counter({kind: 1})
            labels[normal_form(query)] = LabelledQuery(query, dict(counts), before.source)
            if hashlib.sha256(query.encode()).digest()[0] < 128:
                head.append((query, 1.0))
    rules = type_rules(types_of(titles, heads))
    built = build_understander(items, categories, rules, head, labels, ExpandConfig())
    made = Made(RulesUsed("candidates", None, len(rules)), dict(built.taught_by))
    write_understanding(project / "work" / "understanding", built.understander, made)
    queries = list(dict.fromkeys(row["query"] for row in pairs))
    write_speller(project / "work" / "speller", build([(title, 1.0) for title in titles_of(items)], [], SpellConfig()))
    rng = np.random.default_rng(0)
    asked = [queries[row] for row in rng.integers(len(queries), size=REQUESTS).tolist()]
    (project / "queries").write_text("\n".join(urllib.parse.urlencode({"q": one}) for one in asked), encoding="utf-8")
    return asked


def titles_of(items: Entities) -> list[str]:
    return [title for title in items.titles() if title]


def in_process(name: str, loaded: Understands, queries: list[str]) -> None:
    """Processor time of one answer."""
    spent, sources, corrected = list[float](), Counter[str | None](), 0
    for query in queries:
        before = time.thread_time_ns()
        reply = answer_understand(loaded, UnderstandRequest(q=query), "b", None)
        spent.append((time.thread_time_ns() - before) / 1000)
        sources[reply.source] += 1
        corrected += reply.corrected is not None
    p50, p99 = np.quantile(spent, [0.5, 0.99])
    print(
        f"in process, {name:13} processor time p50 {p50:.0f} us  p99 {p99:.0f} us  max {max(spent):.0f} us  "
        f"{dict(sources)}  corrected {corrected / len(queries):.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
