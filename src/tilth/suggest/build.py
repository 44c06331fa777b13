"""From candidates to the suggester: a first score, the filters, and the artifact, whole or by what has changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.artifacts.index import SearchIndex
from tilth.artifacts.suggester import Suggester
from tilth.errors import ArtifactError
from tilth.records import SUGGESTION_SCHEMA, Suggestions
from tilth.suggest.candidates import kind_of, merged
from tilth.suggest.config import PriorConfig, SuggestConfig
from tilth.suggest.filter import Filtered, SafetyList, apply_filters
from tilth.suggest.filter.round_trip import Trips

SHRINK = 20.0
"""Searches after which a query's own share of successes weighs as much as the share of all."""


def choose(
    tables: Sequence[pa.Table],
    index: SearchIndex,
    safety: SafetyList,
    config: SuggestConfig,
    *,
    trips: Trips | None = None,
    on_done: Callable[[int], None] | None = None,
) -> Filtered:
    """Put candidates of all sources together, score and filter them.

    Near duplicates are settled by a score that knows the candidates' own evidence; the final one knows how many items
    each brings back. `trips` are searches made before, and take new ones in.
    """
    table = _scored(merged(tables), config.prior)
    filtered = apply_filters(table, index, safety, config.filter, trips=trips, on_done=on_done)
    final = _scored(filtered.table, config.prior)
    order = np.argsort(-final["score"].to_numpy(), kind="stable")
    return Filtered(final.take(pa.array(order)))


def prior_scores(table: pa.Table, config: PriorConfig) -> NDArray[np.float64]:
    """What a candidate is worth before a ranker has learned, shape (candidates,): trust in its source, plus
    log2(1 + searches of late x share of successes), plus `supply` x log2(1 + items).

    The share of successes is drawn to that of the whole log as if by `SHRINK` more searches; where no clicks are
    known it is 1.
    """
    popularity, searches, successes, items = (
        _numbers(table, name) for name in ("popularity", "searches", "successes", "items")
    )
    clicks_known = np.asarray(pc.is_valid(table["successes"]), np.bool_)
    made = searches[clicks_known].sum()
    usual = successes[clicks_known].sum() / made if made else 1.0
    share = np.where(clicks_known, (successes + SHRINK * usual) / (searches + SHRINK), usual)
    trust = np.array([getattr(config, kind_of(source)) for source in table["source"].to_pylist()], np.float64)
    return trust + np.log2(1 + popularity * share) + config.supply * np.log2(1 + items)


@dataclass(frozen=True)
class Built:
    """`added` (or changed) and `removed` queries, where the suggester was `updated` rather than written anew."""

    suggester: Suggester
    updated: bool
    added: int
    removed: int


def write_suggester(suggestions: Suggestions, before: Suggestions | None, folder: Path) -> Built:
    """Write the artifact; where one is there that was made of `before`, only what has changed.

    Raises:
        ArtifactError: the folder cannot be written.
    """
    if before is not None:
        try:
            present = Suggester(folder)
        except ArtifactError:  # missing or of another version: written anew
            present = None
        if present is not None:
            changed, removed = _difference(suggestions.table, before.table)
            if changed.num_rows or removed:
                present = present.update(Suggestions(changed), removed=removed)
            return Built(present, True, changed.num_rows, len(removed))
    built = Suggester.build(suggestions, folder)
    return Built(built, False, len(built), 0)


def _difference(now: pa.Table, before: pa.Table) -> tuple[pa.Table, list[str]]:
    """Rows that are new or others than before, and queries that are shown no longer."""
    shown, was = (table.filter(pc.is_null(table["rejected"])) for table in (now, before))
    at = pc.index_in(shown["query"], value_set=was["query"].combine_chunks())
    same = np.asarray(pc.is_valid(at), np.bool_)
    old = was.take(at.combine_chunks() if isinstance(at, pa.ChunkedArray) else at)
    for name in ("source", "category", "score"):
        equal = pc.equal(pc.fill_null(shown[name], _nothing(shown[name])), pc.fill_null(old[name], _nothing(old[name])))
        same &= np.asarray(pc.fill_null(equal, False), np.bool_)
    gone = pc.invert(pc.is_in(was["query"], value_set=shown["query"].combine_chunks()))
    return shown.filter(pa.array(~same)), was["query"].filter(gone).to_pylist()


def _nothing(column: pa.ChunkedArray) -> str | float:
    return "" if pa.types.is_string(column.type) else 0.0


def _scored(table: pa.Table, config: PriorConfig) -> pa.Table:
    place = SUGGESTION_SCHEMA.get_field_index("score")
    return table.set_column(place, SUGGESTION_SCHEMA.field("score"), pa.array(prior_scores(table, config)))


def _numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    return np.asarray(pc.fill_null(table[name].cast(pa.float64()), 0.0), np.float64)
