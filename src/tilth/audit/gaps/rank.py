"""All gaps with their prices, the most demand per dollar first."""

from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import Protocol

import numpy as np
import pyarrow as pa

from tilth.audit.gaps.cold_items import cold_items
from tilth.audit.gaps.found import Found
from tilth.audit.gaps.ground import Ground
from tilth.audit.gaps.thin_fields import thin_fields
from tilth.audit.gaps.unasked_items import unasked_items
from tilth.audit.gaps.unlabelled_pairs import unlabelled_pairs
from tilth.audit.gaps.unmet_queries import unmet_queries
from tilth.audit.gaps.unreached_items import unreached_items
from tilth.records import GAP_SCHEMA, MEMBER_SCHEMA, Gaps, GapStep

KINDS: tuple[Callable[[Ground], Iterator[Found]], ...] = (
    thin_fields,
    cold_items,
    unmet_queries,
    unreached_items,
    unasked_items,
    unlabelled_pairs,
)


class Pricer(Protocol):
    """What filling costs."""

    def __call__(self, step: GapStep, calls: int, characters: float) -> float | None:
        """Dollars for `calls` questions of `step`, each with `characters` of the user's data on average; None where
        the price is unknown."""
        ...


def find_gaps(ground: Ground, price: Pricer) -> Gaps:
    """Every gap there is, ranked."""
    return rank_gaps((gap for kind in KINDS for gap in kind(ground)), price)


def rank_gaps(found: Iterable[Found], price: Pricer) -> Gaps:
    """Order: demand per dollar; then what has no price, by demand per call; then what has no known demand, the fewest
    calls first. What costs nothing comes before what costs something. Ties: the greater demand, then by id."""
    priced = [(gap, price(gap.step, gap.calls, gap.characters)) for gap in found]
    priced.sort(key=lambda one: _rank(*one))
    rows = [_row(gap, cost) for gap, cost in priced]
    members = [_members(gap) for gap, _ in priced]
    table = pa.Table.from_pylist(rows, schema=GAP_SCHEMA)
    return Gaps(table, pa.concat_tables([MEMBER_SCHEMA.empty_table(), *members]))


def _rank(gap: Found, cost: float | None) -> tuple[int, float, float, str]:
    demand = gap.carried
    if demand is None:
        return 2, gap.calls, 0.0, gap.gap_id
    if cost is None:
        return 1, -demand / max(gap.calls, 1), -demand, gap.gap_id
    if not demand:
        return 0, 0.0, 0.0, gap.gap_id
    return 0, -demand / cost if cost else -inf, -demand, gap.gap_id


def _row(gap: Found, cost: float | None) -> dict[str, object]:
    demand, total = gap.carried, gap.total
    return {
        "gap_id": gap.gap_id,
        "step": gap.step,
        "kind": gap.kind,
        "place": gap.place,
        "category": gap.category,
        "field": gap.field,
        "unit": gap.unit,
        "size": len(gap.ids) if gap.size is None else gap.size,
        "demand": demand,
        "demand_share": demand / total if demand is not None and total else None,
        "calls": gap.calls,
        "cost_usd": cost,
        "demand_per_usd": demand / cost if demand is not None and cost else None,
        "reason": gap.reason,
    }


def _members(gap: Found) -> pa.Table:
    count = len(gap.ids)
    demand = np.zeros(count) if gap.demand is None else gap.demand
    order = np.argsort(-demand, kind="stable")
    return pa.table(
        [
            pa.repeat(pa.scalar(gap.gap_id, pa.string()), count),
            gap.ids.take(pa.array(order)),
            pa.nulls(count, pa.float64()) if gap.demand is None else pa.array(demand[order]),
        ],
        schema=MEMBER_SCHEMA,
    )
