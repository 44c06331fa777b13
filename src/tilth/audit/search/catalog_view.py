"""The queries held against the catalog: what they find, how near it comes, what is spelled wrong."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.categories import Categories, categories_of
from tilth.audit.config import AuditConfig
from tilth.audit.result import GROUPS
from tilth.audit.search.catalog import CatalogWords, read_words
from tilth.audit.search.log import CountedLog
from tilth.audit.search.nearest import Asked, Found, cover, weights_of
from tilth.audit.search.retrieve import find_items
from tilth.audit.search.sample import Sample, sample
from tilth.audit.search.spelling import Spelling, judge_spelling
from tilth.audit.search.supply import Demand, demand_of
from tilth.audit.search.unmet import is_unmet
from tilth.engine import Engine, OnProgress
from tilth.records import Entities


@dataclass(frozen=True)
class CatalogView:
    """Arrays of the sampled queries have shape (sampled,), `reached` (items,): a bit for each group that reaches the
    item."""

    sample: Sample
    asked: Asked
    words: CatalogWords
    found: Found
    unmet: NDArray[np.bool_]
    reached: NDArray[np.uint32]
    spelling: Spelling
    categories: Categories
    demand: Demand

    @property
    def category_items(self) -> NDArray[np.int64]:
        """Items of each category, shape (categories,)."""
        return np.bincount(self.categories.of_item, minlength=len(self.categories.names))

    @property
    def category_unreached(self) -> NDArray[np.int64]:
        """Items of each category that no query reaches, shape (categories,)."""
        missed = self.categories.of_item[self.reached == 0]
        return np.bincount(missed, minlength=len(self.categories.names))

    def demand_by_group(self, log: CountedLog) -> NDArray[np.float64]:
        """Searches of each category in each group, shape (categories, GROUPS)."""
        lists = log.queries["groups"].combine_chunks().take(pa.array(self.sample.rows))
        made = log.queries["by_group"].combine_chunks().take(pa.array(self.sample.rows)).flatten().to_numpy()
        row = np.asarray(pc.list_parent_indices(lists), np.int64)
        searches = np.zeros((len(self.sample), GROUPS))
        searches[row, lists.flatten().to_numpy()] = made * self.sample.weights[row]
        return self.demand.by_category(searches, len(self.categories.names))


def view_catalog(
    config: AuditConfig,
    log: CountedLog,
    items: Entities,
    *,
    engine: Engine,
    spill: Path,
    on_progress: OnProgress | None,
) -> CatalogView:
    """Read the catalog, index it, and search it for the sampled queries."""
    chosen = sample(log.queries["normal"], log.searches, config.queries_searched)
    queries = log.queries.take(pa.array(chosen.rows))
    asked = Asked.of(queries["normal"].combine_chunks())
    words = read_words(items, asked.words, engine=engine, spill=spill, on_progress=on_progress)
    rows, starts = find_items(
        items, queries["query"], config.search_top_k, engine=engine, spill=spill, on_progress=on_progress
    )
    found = cover(asked, weights_of(asked, words), words, rows, starts)
    unmet = is_unmet(found.nearest, queries, config.unmet_below)
    reached = log.reached.copy()
    np.bitwise_or.at(reached, found.rows, log.groups_of(chosen.rows)[found.query])
    categories = categories_of(items, level=config.category_level, most=config.max_categories)
    return CatalogView(
        chosen,
        asked,
        words,
        found,
        unmet,
        reached,
        judge_spelling(log.queries["normal"], log.searches, words),
        categories,
        demand_of(found, categories.of_item, ~unmet),
    )
