"""The clusters of unmet queries as a table, and which cluster each query is in."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.categories import NONE
from tilth.audit.search.catalog_view import CatalogView
from tilth.audit.search.log import CountedLog
from tilth.audit.search.nearest import items_with, uncovered
from tilth.audit.search.unmet import OTHER, Cluster, cluster
from tilth.audit.tables import UNMET
from tilth.text import fold, stem, tokens

EXAMPLES = 3
RARE = 1 / 200
"""A rare word stands in at most this share of the items."""


@dataclass(frozen=True)
class Clusters:
    """`names`: the cluster of each sampled query, None where it is met; shape (sampled,)."""

    table: pa.Table
    names: NDArray[np.object_]


def cluster_unmet(counted: CountedLog, view: CatalogView) -> Clusters:
    """Searches are those of the queries that were searched for, as they were made: none stands for others."""
    rows = np.flatnonzero(view.unmet)
    queries = counted.queries.take(pa.array(view.sample.rows[rows]))
    searches: list[int] = queries["searches"].to_pylist()
    spelled: list[str] = queries["query"].to_pylist()
    lacking = list(_lacking(view, rows))
    names = np.full(len(view.sample), None, object)
    table: list[dict[str, object]] = []
    categories = _categories(view)
    zero, known = (queries[name].to_numpy() for name in ("zero_results", "results_known"))
    for one in cluster(lacking, searches):
        name = _name(one, spelled)
        members = list(one.queries)
        names[rows[members]] = name
        nearest = Counter[str]()
        for member in members:
            if (category := categories.get(int(rows[member]))) is not None:
                nearest[category] += searches[member]
        made = sum(searches[member] for member in members)
        table.append(
            {
                "cluster": name,
                "queries": len(members),
                "searches": made,
                "searches_share": made / max(counted.frequencies.total, 1),
                "zero_results": int(zero[members].sum()) if known[members].any() else None,
                "examples": [spelled[member] for member in members[:EXAMPLES]],
                "best_category": max(nearest, key=lambda at: (nearest[at], at)) if nearest else None,
            }
        )
    return Clusters(pa.Table.from_pylist(table, schema=UNMET), names)


def _lacking(view: CatalogView, rows: NDArray[np.int64]) -> list[list[str]]:
    """The words that may name a cluster for each unmet query: what the nearest item lacks of it, all of its words where
    it lacks none or nothing was found; of these the rare ones, else the rarest."""
    wanted = set(rows.tolist())
    words: list[str] = view.asked.words.to_pylist()
    items = dict(zip(words, items_with(view.asked, view.words).tolist(), strict=True))
    out: list[list[str]] = []
    for query, lacks in enumerate(uncovered(view.asked, view.words, view.found)):
        if query in wanted:
            begin, end = view.asked.starts[query], view.asked.starts[query + 1]
            open_words = lacks or [words[code] for code in view.asked.codes[begin:end].tolist()]
            rare = [word for word in open_words if items[word] <= RARE * view.words.items]
            out.append(rare or [min(open_words, key=lambda word: (items[word], word))])
    return out


def _categories(view: CatalogView) -> dict[int, str]:
    """The category of the item that covers most of each unmet query; none where nothing was found or none is known."""
    out: dict[int, str] = {}
    for query in np.flatnonzero(view.unmet).tolist():
        begin, end = int(view.found.starts[query]), int(view.found.starts[query + 1])
        if end > begin:
            item = int(view.found.rows[begin + int(np.argmax(view.found.cover[begin:end]))])
            name = view.categories.names[int(view.categories.of_item[item])]
            if name != NONE:
                out[query] = name
    return out


def _name(one: Cluster, spelled: list[str]) -> str:
    """The shared word as it is spelled in the most frequent of the queries that spell it out."""
    if one.word == OTHER:
        return OTHER
    for query in one.queries:
        for word in tokens(fold(spelled[query])):
            if stem(word) == one.word:
                return word
    return one.word
