"""From the counts of texts to queries: whole ones apart from half-typed ones, those of too few people left out."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.suggest.candidates import candidates, coded
from tilth.suggest.config import LogConfig
from tilth.suggest.filter import reasons
from tilth.suggest.mine.log.counts import TEXT_SUMS
from tilth.suggest.mine.log.deal import NO_TIME, Facts

MOST_ZERO = 0.5
"""A query that found nothing in more than this share of its searches is not offered."""


def queries_of(texts: pa.Table, config: LogConfig, facts: Facts) -> pa.Table:
    """Candidates of source `log`, from a table of TEXT_SCHEMA that has all counts of its queries.

    A text that was continued in more than `max_continuation` of its searches is half typed: its searches do not count,
    and a query of nothing but such texts is rejected. A query of fewer than `min_users` people is left out.
    """
    table, normal, forms = _by_text(texts)
    rate = table["continued"] / np.maximum(table["continued"] + table["finished"], 1)
    whole = (table["finished"] > 0) & (rate <= config.max_continuation)
    size = len(forms)

    def total(name: str) -> NDArray[np.float64]:
        return np.bincount(normal, table[name] * whole, size).astype(np.float64)

    users = np.bincount(normal, table["users"], size).astype(np.int64)
    enough = users >= config.min_users
    finished = total("finished")
    ended = np.bincount(normal, table["finished"], size) > 0
    facts.add("queries", int(ended.sum()))
    facts.add("queries_of_too_few_people", int((ended & ~enough).sum()))
    half = finished == 0
    zero, known = total("zero_results"), total("results_known")
    faults = np.where(half, reasons.HALF_TYPED, np.where(zero > MOST_ZERO * known, reasons.NO_RESULTS_LOGGED, ""))
    last = np.full(size, NO_TIME)
    np.maximum.at(last, normal, table["last_ts"].astype(np.int64))
    shown = _commonest(normal, table["finished"] + table["continued"] * half[normal], whole | half[normal], size)
    rows = np.flatnonzero(enough & ended)
    clicks = total("clicks_known")[rows]
    columns = {
        "users": users[rows],
        "searches": finished[rows].astype(np.int64),
        "successes": pa.array(total("successes")[rows].astype(np.int64), mask=clicks == 0),
        "popularity": total("popularity")[rows],
        "last_ts": pa.array(last[rows], mask=last[rows] == NO_TIME).cast(pa.timestamp("us", tz="UTC")),
        "rejected": [fault or None for fault in faults[rows].tolist()],
    }
    return candidates(
        "log", texts["text"].take(pa.array(table["row"][shown[rows]].astype(np.int64))).to_pylist(), columns
    )


def _by_text(texts: pa.Table) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.int64], pa.Array]:
    """Sums of each text, one entry a text; its query's code; and the normal forms by code. `row`: one of its rows."""
    code, distinct = coded(texts["text"])
    size = len(distinct)
    names = (*TEXT_SUMS, "popularity")
    sums = {name: np.bincount(code, texts[name].to_numpy(), size).astype(np.float64) for name in names}
    last = np.full(size, NO_TIME)
    np.maximum.at(last, code, texts["last_ts"].to_numpy())
    row = np.zeros(size, np.int64)
    row[code] = np.arange(len(code))
    normal, forms = coded(texts["normal"].take(pa.array(row)))
    return {**sums, "last_ts": last.astype(np.float64), "row": row.astype(np.float64)}, normal, forms


def _commonest(
    normal: NDArray[np.int64], made: NDArray[np.float64], usable: NDArray[np.bool_], size: int
) -> NDArray[np.int64]:
    """Of each query the usable text that was typed most, shape (size,)."""
    order = np.lexsort((-made, ~usable, normal))
    return order[np.searchsorted(normal[order], np.arange(size))]
