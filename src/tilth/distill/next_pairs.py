"""Which pairs a person should label next."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.artifacts import Filter
from tilth.artifacts.student import Prepared
from tilth.distill.dataset import LabelledPairs
from tilth.distill.divide import Divided
from tilth.distill.parts import TEST
from tilth.distill.train import THREADS
from tilth.records import Judgments, Pairs

PER_CONTEXT = 2


@dataclass(frozen=True)
class NextPair:
    """A pair worth a label: the student's probability, and how far (in probability) its teacher is from it."""

    context_id: str
    item_id: str
    p: float
    disagreement: float


def propose(
    chosen: Filter, prepared: Prepared, pairs: Pairs, divided: Divided, gold: Judgments | None, *, count: int
) -> tuple[NextPair, ...]:
    """The `count` most useful of the pairs without gold, none of a test context: labels there would spend the test."""
    table = _open_pairs(pairs.table, gold, divided.parts[TEST])
    if not count or not len(table):
        return ()
    context_rows = prepared.contexts.entities.rows_of(table["context_id"])
    item_rows = prepared.items.entities.rows_of(table["item_id"])
    p = chosen.decide(chosen.student.raw_scores(prepared, context_rows, item_rows, THREADS)).p
    apart = _distance_to_teacher(p, context_rows, item_rows, divided.taught)
    pivot = chosen.threshold_p if chosen.threshold_p is not None else 0.5
    places = most_useful(p, apart, context_rows, pivot, count=count)
    ids = table.take(pa.array(places))
    rows = zip(ids["context_id"].to_pylist(), ids["item_id"].to_pylist(), p[places], apart[places], strict=True)
    return tuple(NextPair(context, item, float(prob), float(far)) for context, item, prob, far in rows)


def most_useful(
    p: NDArray[np.float64],
    disagreement: NDArray[np.float64],
    context_rows: NDArray[np.int64],
    pivot: float,
    *,
    count: int,
) -> NDArray[np.int64]:
    """Positions of the `count` pairs whose label would teach most, best first, at most two of a context.

    Usefulness is closeness to the decision (`pivot`, a probability) plus disagreement with the teacher: uncertainty
    sampling (Lewis and Gale 1994) with query by committee (Seung et al. 1992). All arrays have shape (n,).
    """
    closeness = 1.0 - np.abs(p - pivot) / max(pivot, 1.0 - pivot)
    taken: dict[int, int] = {}
    chosen: list[int] = []
    for place in np.argsort(-(closeness + disagreement), kind="stable"):
        row = int(context_rows[place])
        if taken.get(row, 0) < PER_CONTEXT:
            taken[row] = taken.get(row, 0) + 1
            chosen.append(int(place))
        if len(chosen) == count:
            break
    return np.array(chosen, dtype=np.int64)


def _open_pairs(table: pa.Table, gold: Judgments | None, test: frozenset[str]) -> pa.Table:
    spent = pc.is_in(table["context_id"], value_set=pa.array(sorted(test), pa.string()))
    known = pa.array([], pa.string()) if gold is None else _keys(gold.table)
    labelled = pc.is_in(_keys(table), value_set=known)
    fresh = table.filter(pc.invert(pc.or_(spent, labelled)))
    # A pair that was offered several times is one question.
    return fresh.group_by(["context_id", "item_id"], use_threads=False).aggregate([])


def _keys(table: pa.Table) -> pa.Array:
    keys = pc.binary_join_element_wise(table["context_id"], table["item_id"], "\x1f")
    return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys


def _distance_to_teacher(
    p: NDArray[np.float64], context_rows: NDArray[np.int64], item_rows: NDArray[np.int64], taught: LabelledPairs
) -> NDArray[np.float64]:
    """0 where the teacher did not label the pair."""
    said = dict(zip(zip(taught.context_rows.tolist(), taught.item_rows.tolist(), strict=True), taught.p, strict=True))
    keys = zip(context_rows.tolist(), item_rows.tolist(), strict=True)
    return np.array([abs(own - said.get(key, own)) for own, key in zip(p, keys, strict=True)])
