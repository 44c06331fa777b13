"""The tables of the search part."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.search.bands import NAMES, made_up_to, split, tail_points
from tilth.audit.search.catalog_view import CatalogView
from tilth.audit.search.log import CountedLog
from tilth.audit.search.supply import unasked
from tilth.audit.search.unmet_table import Clusters
from tilth.audit.tables import QUERIES, QUERY_BANDS, QUERY_TAIL, REACH, SUPPLY, UNREACHED_ITEMS
from tilth.records import Entities


def query_bands(log: CountedLog) -> pa.Table:
    """Shares of zero results and clicks are of the listed queries."""
    bands = split(log.frequencies)
    band = _band_of(log)

    def share(top: NDArray[np.int64], of: NDArray[np.int64]) -> pa.Array:
        tops, ofs = (np.bincount(band, values, len(NAMES)) for values in (top, of))
        return pa.array(np.divide(tops, ofs, out=np.zeros(len(NAMES)), where=ofs > 0), mask=ofs == 0)

    number = {name: log.queries[name].to_numpy() for name in log.queries.column_names[2:-2]}
    columns = {
        "band": list(NAMES),
        "queries": bands.queries,
        "queries_share": _shares(bands.queries),
        "searches": bands.searches,
        "searches_share": _shares(bands.searches),
        "zero_result_share": share(number["zero_results"], number["results_known"]),
        "zero_click_share": share(number["clicks_known"] - number["clicks"], number["clicks_known"]),
    }
    return pa.table(columns, schema=QUERY_BANDS)


def queries(log: CountedLog, view: CatalogView, clusters: Clusters) -> pa.Table:
    table, count = log.queries, log.queries.num_rows
    sampled = np.zeros(count, np.bool_)
    sampled[view.sample.rows] = True
    reach, nearest = np.full(count, "full", object), np.zeros(count)
    reach[view.sample.rows], nearest[view.sample.rows] = view.found.reach, view.found.nearest
    unmet = np.full(count, None, object)
    unmet[view.sample.rows] = clusters.names
    columns = {
        **{name: table[name] for name in ("query", "normal", "searches")},
        "users": _or_null(table["users"], np.full(count, not log.counted.of("people").any())),
        "band": pa.array(NAMES).take(pa.array(_band_of(log))),
        "zero_results": _or_null(table["zero_results"], table["results_known"].to_numpy() == 0),
        "clicks": _or_null(table["clicks"], table["clicks_known"].to_numpy() == 0),
        "reformulated": _or_null(table["reformulated"], np.full(count, not log.counted.of("in_session").any())),
        "reach": pa.array(reach, pa.string(), mask=~sampled),
        "nearest": pa.array(nearest, mask=~sampled),
        "likely_misspelled": view.spelling.queries,
        "unmet": pa.array(unmet, pa.string()),
    }
    return pa.table({name: columns[name] for name in QUERIES.names}, schema=QUERIES)


def query_tail(log: CountedLog) -> pa.Table:
    ranks, searches = tail_points(log.frequencies)
    made = made_up_to(log.frequencies, ranks) / max(log.frequencies.total, 1)
    return pa.table([ranks, searches, made], schema=QUERY_TAIL)


def reach(view: CatalogView) -> pa.Table:
    sizes, missed = view.category_items, view.category_unreached
    return pa.table([list(view.categories.names), sizes, missed, _by(missed, sizes)], schema=REACH)


def unreached_items(items: Entities, view: CatalogView) -> pa.Table:
    rows = np.flatnonzero(view.reached == 0)
    category = pa.array(view.categories.names, pa.string()).take(pa.array(view.categories.of_item[rows]))
    return pa.table([items.ids.take(pa.array(rows)), category], schema=UNREACHED_ITEMS)


def supply(log: CountedLog, view: CatalogView) -> pa.Table:
    """Empty where the catalog has no categories, or no search is near an item."""
    demand, sizes = view.demand_by_group(log).sum(1), view.category_items
    if not (view.categories.known and demand.sum()):
        return SUPPLY.empty_table()
    columns = [
        list(view.categories.names),
        sizes,
        _shares(sizes),
        demand,
        _shares(demand),
        _by(view.category_unreached, sizes),
        unasked(sizes, demand),
    ]
    return pa.table(columns, schema=SUPPLY)


def _band_of(log: CountedLog) -> NDArray[np.int64]:
    """The band of each listed query, as its place in NAMES."""
    ends = np.cumsum(split(log.frequencies).queries)
    return np.searchsorted(ends, np.arange(log.queries.num_rows), "right")


def _shares(counts: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    return counts / max(float(counts.sum()), np.finfo(float).tiny)


def _by(top: NDArray[np.int64], of: NDArray[np.int64]) -> pa.Array:
    return pa.array(top / np.maximum(of, 1), mask=of == 0)


def _or_null(values: pa.ChunkedArray, unknown: NDArray[np.bool_]) -> pa.Array:
    return pa.array(values.to_numpy(), mask=unknown)
