"""From counts to measures with their replicates."""

import numpy as np
from numpy.typing import NDArray

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


def measure_log(log: CountedLog) -> list[Measure]:
    """What the log alone says."""
    rates = [ratio(name, log.counted.of(top), log.counted.of(of), note) for name, top, of, note in _RATES]
    return [*_bands(log), *rates]


def measure_catalog(log: CountedLog, view: CatalogView) -> list[Measure]:
    """What log and catalog say together."""
    weights = np.zeros(log.queries.num_rows)
    weights[view.sample.rows] = view.sample.weights
    unmet = np.zeros(log.queries.num_rows)
    unmet[view.sample.rows] = view.sample.weights * view.unmet
    whole = len(view.sample) == log.frequencies.distinct
    sampled = f"estimated from {len(view.sample):,} of {log.frequencies.distinct:,} distinct queries"
    none = "there are no searches"
    flagged = log.by_group(view.spelling.queries.astype(np.float64))
    searches = log.by_group(np.ones(log.queries.num_rows))
    listed = "" if log.complete else "of the listed queries"
    return [
        ratio("search.unmet_share", log.by_group(unmet), log.by_group(weights), none, exact=whole, sampled=sampled),
        ratio(
            "search.misspelled_share",
            flagged,
            searches,
            none,
            exact=view.spelling.exact and log.complete,
            sampled=listed or "rare words were not looked at",
        ),
        _unreached(view, whole, sampled),
        _unasked(log, view, whole, sampled),
    ]


def ratio(name: str, top: Numbers, of: Numbers, nothing: str, *, exact: bool = True, sampled: str = "") -> Measure:
    """The sum of `top` by that of `of`, both by group of shape (GROUPS,); None with the note `nothing` where `of` is 0.

    Replicates are left out where one group has everything.
    """
    whole = float(of.sum())
    if not whole:
        return Measure(name, None, 0, note=nothing)
    left = whole - of
    replicates = (float(top.sum()) - top) / left if (left > 0).all() else ()
    note = "" if exact else sampled
    return Measure(name, float(top.sum()) / whole, round(whole), tuple(map(float, replicates)), exact=exact, note=note)


def _defined(replicates: NDArray[np.float64]) -> tuple[float, ...]:
    """Replicates as a tuple, or none where one is undefined."""
    return tuple(map(float, replicates)) if np.isfinite(replicates).all() else ()


def _bands(log: CountedLog) -> list[Measure]:
    n = log.frequencies.distinct
    if not n:
        return [Measure(f"search.{name}_share", None, 0, note="there are no searches") for name in ("head", "tail")]
    shares = split(log.frequencies).share_of_queries
    without = np.array([split(one).share_of_queries for one in log.without])
    return [
        Measure(f"search.{name}_share", float(shares[at]), n, _defined(without[:, at]))
        for at, name in enumerate(NAMES)
        if name != "torso"
    ]


def _unreached(view: CatalogView, whole: bool, sampled: str) -> Measure:
    name, items = "search.unreached_share", len(view.reached)
    if not items:
        return Measure(name, None, 0, note="the catalog is empty")
    bits = ~(np.uint32(1) << np.arange(GROUPS, dtype=np.uint32))
    without = tuple(float(np.mean((view.reached & bit) == 0)) for bit in bits)
    note = "" if whole else f"at most, {sampled}"
    return Measure(name, float(np.mean(view.reached == 0)), items, without, exact=whole, note=note)


def _unasked(log: CountedLog, view: CatalogView, whole: bool, sampled: str) -> Measure:
    name, sizes = "search.unasked_share", view.categories.sizes
    if not view.categories.known:
        return Measure(name, None, 0, note="the catalog has no categories")
    by_group = view.demand_by_group(log)
    total = by_group.sum(1)
    if not total.sum():
        return Measure(name, None, 0, note="no search is near an item")
    share = sizes @ unasked(sizes, total) / sizes.sum()
    left = total[:, None] - by_group
    without = sizes @ unasked(sizes, left) / sizes.sum() if (left.sum(0) > 0).all() else ()
    note = "" if whole else sampled
    return Measure(name, float(share), int(sizes.sum()), tuple(map(float, without)), exact=whole, note=note)
