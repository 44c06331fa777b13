"""All filters in a row: the first reason that a candidate meets is kept with it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tilth.artifacts.index import SearchIndex
from tilth.suggest.candidates import kind_of
from tilth.suggest.config import FilterConfig
from tilth.suggest.filter import reasons
from tilth.suggest.filter.duplicates import same_results, same_words
from tilth.suggest.filter.form import form_fault
from tilth.suggest.filter.round_trip import Trip, Trips, round_trips
from tilth.suggest.filter.safety import SafetyList


@dataclass(frozen=True)
class Filtered:
    """The candidates in order of merit, with `rejected` and `items` filled in, and how many each reason took."""

    table: pa.Table

    def counts(self) -> dict[str, dict[str, int]]:
        """By kind of source: `kept`, and each reason."""
        found = dict[str, Counter[str]]()
        pairs = zip(self.table["source"].to_pylist(), self.table["rejected"].to_pylist(), strict=True)
        for source, rejected in pairs:
            said = "kept" if rejected is None else reasons.reason_of(rejected)
            found.setdefault(kind_of(source), Counter())[said] += 1
        return {kind: dict(counts.most_common()) for kind, counts in found.items()}


def apply_filters(
    candidates: pa.Table,
    index: SearchIndex,
    safety: SafetyList,
    config: FilterConfig,
    *,
    trips: Trips | None = None,
    on_done: Callable[[int], None] | None = None,
) -> Filtered:
    """Judge candidates of CANDIDATE_SCHEMA; of near duplicates the one of the highest `score` stays.

    Those that are rejected already keep their reason, unless the safety list denies them. What is in `trips` is not
    searched for again; what is searched for is put there.
    """
    order = np.lexsort((np.argsort(np.argsort(candidates["normal"].to_numpy())), -candidates["score"].to_numpy()))
    table = candidates.take(pa.array(order)).combine_chunks()
    normals, queries = table["normal"].to_pylist(), table["query"].to_pylist()
    faults: list[str | None] = table["rejected"].to_pylist()
    for row, (normal, query) in enumerate(zip(normals, queries, strict=True)):
        if safety.denies(query):
            faults[row] = reasons.UNSAFE
        elif faults[row] is None and not safety.allows(normal):
            faults[row] = form_fault(query, config)
    _judge(faults, lambda rows: same_words(_taken(rows, normals), _taken(rows, queries)))
    made = _search(table, faults, index, config, {} if trips is None else trips, on_done)
    if config.same_results <= 1:

        def twins(rows: list[int]) -> list[str | None]:
            tops = [made[row].top for row in rows]
            return same_results(_taken(rows, normals), _taken(rows, queries), tops, config.same_results)

        _judge(faults, twins)
    found = np.array([made[row].items if row in made else -1 for row in range(len(faults))], np.int64)
    items = pc.if_else(pa.array(found >= 0), pa.array(found), table["items"])
    table = table.set_column(table.schema.get_field_index("items"), table.schema.field("items"), items)
    place = table.schema.get_field_index("rejected")
    return Filtered(table.set_column(place, table.schema.field("rejected"), pa.array(faults, pa.string())))


def _search(
    table: pa.Table,
    faults: list[str | None],
    index: SearchIndex,
    config: FilterConfig,
    trips: Trips,
    on_done: Callable[[int], None] | None,
) -> dict[int, Trip]:
    open_rows = [row for row, fault in enumerate(faults) if fault is None]
    some = table.take(pa.array(open_rows, pa.int64()))
    ids = [tuple(one or ()) for one in some["item_ids"].to_pylist()]
    asked = list(zip(some["normal"].to_pylist(), some["source"].to_pylist(), ids, strict=True))
    new = [one for one in asked if one not in trips]
    trips.update(zip(new, round_trips(index, new, config, on_done=on_done), strict=True))
    for row, one in zip(open_rows, asked, strict=True):
        faults[row] = trips[one].fault
    return {row: trips[one] for row, one in zip(open_rows, asked, strict=True)}


def _judge(faults: list[str | None], judge: Callable[[list[int]], list[str | None]]) -> None:
    """Write down what `judge` says of the rows that nothing was said of so far."""
    rows = [row for row, fault in enumerate(faults) if fault is None]
    for row, fault in zip(rows, judge(rows), strict=True):
        faults[row] = fault


def _taken(rows: Sequence[int], column: list[str]) -> list[str]:
    return [column[row] for row in rows]
