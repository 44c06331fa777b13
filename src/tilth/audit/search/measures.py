"""From counts to measures with their replicates."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tilth.audit.interactions.whole import absent, measured, without_each
from tilth.audit.result import GROUPS, Measure
from tilth.audit.search.bands import NAMES, split
from tilth.audit.search.catalog_view import CatalogView
from tilth.audit.search.log import CountedLog
from tilth.audit.search.supply import unasked

Numbers = NDArray[np.int64] | NDArray[np.float64]

_RATES = (
    ("search.zero_result_share", "zero_results", "results_known", "how many items a search found was not logged"),
    ("search.zero_click_share", "zero_clicks", "clicks_known", "clicks were not logged"),
    ("search.reformulation_share", "reformulated", "in_session", "the log has no times, or nobody to search"),
    ("search.abandonment_share", "abandoned", "sessions_ended", "the log has no times, no clicks, or nobody to search"),
)
_NO_SEARCHES = "there are no searches"


def measure_log(log: CountedLog) -> list[Measure]:
    """What the log alone says."""
    rates = [_ratio(name, log.counted.of(top), log.counted.of(of), nothing) for name, top, of, nothing in _RATES]
    return [*_bands(log), *rates]


def measure_catalog(log: CountedLog, view: CatalogView) -> list[Measure]:
    """What log and catalog say together."""
    return [_unmet(log, view), _misspelled(log, view), _unreached(log, view), _unasked(log, view)]


def _ratio(name: str, top: Numbers, of: Numbers, nothing: str) -> Measure:
    """The sum of `top` by that of `of`, both by group of shape (GROUPS,); no value and the note `nothing` where `of`
    is 0. No replicates where one group has everything."""
    if not of.sum():
        return absent(name, nothing)
    tops, ofs = without_each(top), without_each(of)
    return measured(name, np.divide(tops, ofs, out=np.full(len(ofs), np.nan), where=ofs > 0), round(float(ofs[0])))


def _estimated(measure: Measure, log: CountedLog, view: CatalogView, what: str = "") -> Measure:
    """Say that it is an estimate, where not every query was searched for."""
    if len(view.sample) == log.frequencies.distinct or measure.value is None:
        return measure
    note = f"{what}estimated from {len(view.sample):,} of {log.frequencies.distinct:,} distinct queries"
    return replace(measure, exact=False, note=note)


def _bands(log: CountedLog) -> list[Measure]:
    named = [(f"search.{name}_share", at) for at, name in enumerate(NAMES) if name != "torso"]
    if not log.frequencies.distinct:
        return [absent(name, _NO_SEARCHES) for name, _ in named]
    shares = np.array([split(one).share_of_queries for one in (log.frequencies, *log.without)])
    return [measured(name, shares[:, at], log.frequencies.distinct) for name, at in named]


def _unmet(log: CountedLog, view: CatalogView) -> Measure:
    weights, unmet = np.zeros(log.queries.num_rows), np.zeros(log.queries.num_rows)
    weights[view.sample.rows] = view.sample.weights
    unmet[view.sample.rows] = view.sample.weights * view.unmet
    share = _ratio("search.unmet_share", log.by_group(unmet), log.by_group(weights), _NO_SEARCHES)
    return _estimated(share, log, view)


def _misspelled(log: CountedLog, view: CatalogView) -> Measure:
    wrong = log.by_group(view.spelling.queries.astype(np.float64))
    listed = log.by_group(np.ones(log.queries.num_rows))
    share = _ratio("search.misspelled_share", wrong, listed, _NO_SEARCHES)
    if not log.complete:
        return replace(share, exact=False, note=f"of the {log.queries.num_rows:,} most frequent queries")
    return share if view.spelling.exact else replace(share, exact=False, note="the rarest words were not looked at")


def _unreached(log: CountedLog, view: CatalogView) -> Measure:
    name, items = "search.unreached_share", len(view.reached)
    if not items:
        return absent(name, "the catalog is empty")
    bits = np.append(np.uint32(0), np.uint32(1) << np.arange(GROUPS, dtype=np.uint32))
    share = measured(name, [float(np.mean((view.reached & ~bit) == 0)) for bit in bits], items)
    return _estimated(share, log, view, "at most; ")


def _unasked(log: CountedLog, view: CatalogView) -> Measure:
    name, sizes = "search.unasked_share", view.category_items
    if not view.categories.known:
        return absent(name, "the catalog has no categories")
    demand = without_each(view.demand_by_group(log).T)
    if not demand[0].any():
        return absent(name, "no search is near an item")
    shares = sizes @ unasked(sizes, demand.T) / sizes.sum()
    return _estimated(measured(name, np.where(demand.any(1), shares, np.nan), int(sizes.sum())), log, view)
