"""Judgments as arrays that a model can learn from or be measured on."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.records import Entities, Judgments, Positive


@dataclass(frozen=True)
class LabelledPairs:
    """Pairs with a label each; all arrays have shape (n,).

    `p` is the probability of the positive class: the source's own where it gave one, else 0 or 1 from its grade.
    `positive` is the hard label. `context_rows` and `item_rows` index the entities.
    """

    context_rows: NDArray[np.int64]
    item_rows: NDArray[np.int64]
    p: NDArray[np.float64]
    positive: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.p)

    @property
    def n_contexts(self) -> int:
        return len(np.unique(self.context_rows))

    def take(self, where: NDArray[np.int64] | NDArray[np.bool_]) -> "LabelledPairs":
        return LabelledPairs(self.context_rows[where], self.item_rows[where], self.p[where], self.positive[where])


def labelled_pairs(judgments: Judgments, positive: Positive, contexts: Entities, items: Entities) -> LabelledPairs:
    """The labelled judgments, pairs judged several times averaged.

    Failed answers are no labels and stay out, as do labels of contexts and items that there no longer are.
    """
    table = judgments.labelled().table
    context_rows, item_rows = contexts.rows_of(table["context_id"]), items.rows_of(table["item_id"])
    known = (context_rows >= 0) & (item_rows >= 0)
    table = table.filter(pa.array(known))
    grades = table["grade"].to_numpy()
    hard = positive.of(grades).astype(np.float64)
    p = np.where(np.asarray(pc.is_valid(table["p"])), pc.fill_null(table["p"], 0.0).to_numpy(), hard)
    rows = pa.table(
        {
            "c": context_rows[known],
            "i": item_rows[known],
            "p": p,
            "grade": grades,
        }
    )
    mean = rows.group_by(["c", "i"], use_threads=False).aggregate([("p", "mean"), ("grade", "mean")])
    return LabelledPairs(
        mean["c"].to_numpy(),
        mean["i"].to_numpy(),
        mean["p_mean"].to_numpy(),
        positive.of(mean["grade_mean"].to_numpy()),
    )


def within(pairs: LabelledPairs, contexts: Entities, ids: Collection[str]) -> LabelledPairs:
    """Those whose context is one of `ids`."""
    rows = contexts.rows_of(pa.array(sorted(ids), pa.string()))
    return pairs.take(np.isin(pairs.context_rows, rows))


def without(pairs: LabelledPairs, contexts: Entities, ids: Collection[str]) -> LabelledPairs:
    """Those whose context is none of `ids`."""
    rows = contexts.rows_of(pa.array(sorted(ids), pa.string()))
    return pairs.take(~np.isin(pairs.context_rows, rows))
