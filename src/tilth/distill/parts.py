"""Which contexts a student may learn from, which calibrate it, and which test it."""

from collections.abc import Mapping

import pyarrow.compute as pc

from tilth.data import Parts, split_contexts
from tilth.errors import DataError
from tilth.records import Judgments

FEW_SHOT, CALIBRATION, TEST = "few-shot", "calibration", "test"


def gold_parts(gold: Judgments, shares: Mapping[str, float], *, seed: int) -> Parts:
    """Divide the contexts that have gold: as the gold's own `part` column says, or by hash in the given shares.

    Raises:
        LeakError: the `part` column puts a context into two parts.
        DataError: synthetic labels stand in the gold.
    """
    _refuse_synthetic(gold)
    if "part" not in gold.table.column_names:
        return split_contexts(sorted(pc.unique(gold.table["context_id"]).to_pylist()), shares, seed=seed)
    named: dict[str, set[str]] = {FEW_SHOT: set(), CALIBRATION: set(), TEST: set()}
    for context_id, part in zip(gold.table["context_id"].to_pylist(), gold.table["part"].to_pylist(), strict=True):
        if part:
            named[part].add(context_id)
    return Parts({part: frozenset(ids) for part, ids in named.items()})


def _refuse_synthetic(gold: Judgments) -> None:
    synthetic = [source for source in gold.sources if source.startswith("synthetic:")]
    if synthetic:
        raise DataError(
            f"the gold holds labels of '{synthetic[0]}', and synthetic data never tests anything",
            hint="give it as [[data.judgments]] instead, or name its true source",
        )
