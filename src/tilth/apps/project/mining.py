"""Mining a project's catalog and log for types of things, and what answers for queries."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from tilth.apps.project.inputs import Inputs
from tilth.apps.project.mined import CANDIDATES, Mined, logs_of, write_candidates
from tilth.apps.project.progress import Progress
from tilth.apps.project.searching import RULES, TYPES
from tilth.artifacts.understanding import write_understanding
from tilth.data import read_parquet, write_parquet
from tilth.enrich.expand import build_understander, type_rules, types_of
from tilth.enrich.synonyms import Titles, find_heads
from tilth.records import Searches, rules_of
from tilth.text import fold

UNDERSTANDING = "understanding"
MAX_QUERIES = 1_000_000
"""Different queries of a log that are counted."""


def mine_types(inputs: Inputs, work: Path, progress: Progress) -> Mined:
    """Say of every item what it is (`rules/types.parquet`), add the rules that look for it to the candidates, and build
    what answers for queries (`understanding/`).

    Raises:
        DataError: a file cannot be used.
        ArtifactError: the folder cannot be written.
    """
    items = inputs.items
    progress.start("types of items", None)
    titles = Titles.of(items)
    types = types_of(titles, find_heads(titles))
    rules, path = type_rules(types), work / RULES / CANDIDATES
    write_parquet(pa.table({"id": items.ids, "type": types}), work / RULES / TYPES)
    write_candidates(rules, path, sorted({rule.provenance for rule in rules}))
    queries = _queries(logs_of(inputs))
    built = build_understander(items, types, rules_of(read_parquet(path)), queries, seed=inputs.config.project.seed)
    write_understanding(work / UNDERSTANDING, built)
    progress.finish()
    return Mined(tuple(rules), path)


def _queries(logs: Iterable[Searches]) -> Counter[str]:
    """How often each query was asked."""
    count = Counter[str]()
    for log in logs:
        for query in log.table["query"].to_pylist():
            text = fold(query)
            if text in count or len(count) < MAX_QUERIES:
                count[text] += 1
    return count
