"""A cheap teacher judges every pair; those it is not sure about go to the next, stronger one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.errors import DataError
from tilth.judge.aggregate import SURE, came
from tilth.judge.aligned import Gold
from tilth.records import JUDGMENT_SCHEMA, Judgments, Pairs, Positive
from tilth.stats import fit_platt

CASCADE_SOURCE = "model:cascade"
MIN_CALIBRATION = 20
"""Below this many labelled gold pairs nothing is fitted: the teacher's own p is taken at its word."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Confidence:
    """How far each of n labels of one teacher can be relied on.

    `p` (n,) is the probability of the positive class, `certainty` (n,) that of the label being right: p where the label
    is positive, 1 - p elsewhere, 0 where there is no label (p is NaN there). `note` says how p came about.
    """

    p: Numbers
    certainty: Numbers
    calibrated: bool
    note: str


@dataclass(frozen=True)
class Level:
    """What one teacher of the cascade said: `rows` (n,) are the pairs it was asked about, its judgments in that order;
    `confidence` is None for the last teacher, whose word stands."""

    name: str
    judgments: Judgments
    rows: NDArray[np.int64]
    confidence: Confidence | None


def confidence_of(judgments: Judgments, positive: Positive, gold: Gold | None, contexts: frozenset[str]) -> Confidence:
    """Calibrate a teacher on the gold of `contexts` (the calibration part) by Platt's sigmoid.

    What is calibrated is the log-odds of p where every label has one, or else the grade. With fewer than
    `MIN_CALIBRATION` labelled pairs there, or one class only, p is taken as it is.

    Raises:
        DataError: there is neither enough gold to calibrate with nor a p to fall back on.
    """
    table = judgments.table
    labelled = np.asarray(pc.is_valid(table["grade"]), dtype=bool)
    grades = np.asarray(table["grade"].to_numpy(), dtype=np.float64)
    said = np.zeros(len(table), dtype=bool)
    said[labelled] = positive.of(grades[labelled])
    raw = np.asarray(table["p"].to_numpy(), dtype=np.float64)
    has_p = bool(labelled.any()) and not np.isnan(raw[labelled]).any()
    sure = np.clip(raw, SURE, 1 - SURE)
    score = np.log(sure) - np.log1p(-sure) if has_p else positive.score(grades)
    known, truth = _calibration_rows(table, labelled, positive, gold, contexts)
    enough = len(known) >= MIN_CALIBRATION and 0 < truth.sum() < len(truth)
    if not enough and not has_p:
        raise DataError(
            f"a cascade cannot tell what {judgments.sources[0] if len(table) else 'a teacher'} is unsure about: its "
            f"labels have no p, and only {len(known)} labelled pairs of both classes stand in the calibration part of "
            "the gold",
            hint=f"label at least {MIN_CALIBRATION} pairs of both classes, or use a rubric whose answer has a p",
        )
    p = np.full(len(table), np.nan)
    p[labelled] = fit_platt(score[known], truth).apply(score[labelled]) if enough else raw[labelled]
    certainty = np.where(labelled, np.where(said, p, 1 - p), 0.0)
    if enough:
        return Confidence(p, certainty, True, f"calibrated on {len(known):,} gold pairs of the calibration part")
    return Confidence(p, certainty, False, f"not calibrated: {len(known)} usable gold pairs; p is taken at its word")


def unsure(certainty: Numbers, *, share: float, margin: float | None = None, seed: int = 0) -> NDArray[np.int64]:
    """The rows (k,), rising, to ask the next teacher about: the least certain, at most `share` of them all.

    With a `margin` only those whose label is right with a probability under 0.5 + margin (and those without a label):
    where label and p agree, that is the band of p from 0.5 - margin to 0.5 + margin. Ties are broken at random.
    """
    allowed = int(share * len(certainty) + 1e-9)
    tie_breaker = np.random.default_rng(seed).random(len(certainty))
    rows = np.lexsort((tie_breaker, certainty))[:allowed]
    if margin is not None:
        rows = rows[certainty[rows] < 0.5 + margin]
    return np.sort(rows)


def in_order(judgments: Judgments, pairs: Pairs) -> Judgments:
    """One judgment per pair, in the pairs' order, whatever the order they were given in.

    Raises:
        DataError: a pair has no judgment.
    """
    wanted, given = _keys(pairs.table, pairs.table), _keys(judgments.table, pairs.table)
    order = np.argsort(given, kind="stable")
    place = np.minimum(np.searchsorted(given[order], wanted), max(len(given) - 1, 0))
    if len(wanted) and (not len(given) or (given[order][place] != wanted).any()):
        raise DataError("some pairs have no judgment", hint="run `tilth judge run` again")
    return Judgments(judgments.table.take(pa.array(order[place] if len(wanted) else place)))


def merge(levels: Sequence[Level]) -> Judgments:
    """The cascade's judgments, one per pair of the first level, with the columns `teacher`, `certainty` and `asked`.

    The last teacher that gave a pair a label has the say. Cost, tokens and latency are the sums over all teachers asked
    about the pair, null where a part is unknown. `p` is the calibrated one where the teacher was calibrated.
    """
    n = len(levels[0].rows)
    table = pa.concat_tables([level.judgments.table.select(JUDGMENT_SCHEMA.names) for level in levels])
    starts = np.cumsum([0, *(len(level.rows) for level in levels)])
    chosen, level_of = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for number, (level, start) in enumerate(zip(levels, starts[:-1], strict=True)):
        labelled = np.asarray(pc.is_valid(level.judgments.table["grade"]), dtype=bool)
        better = labelled | (number == 0)
        rows = level.rows[better]
        chosen[rows], level_of[rows] = start + np.flatnonzero(better), number
    final = table.take(pa.array(chosen))
    certainty = np.concatenate([_certainty(level) for level in levels])[chosen]
    p = np.concatenate([_p(level) for level in levels])[chosen]
    columns = {
        **{name: final[name] for name in JUDGMENT_SCHEMA.names},
        "source": pa.repeat(pa.scalar(CASCADE_SOURCE), n),
        "p": pa.array(p, mask=np.isnan(p) | np.asarray(pc.is_null(final["grade"]), dtype=bool)),
        **{name: _sum(levels, name, n) for name in ("prompt_tokens", "completion_tokens", "cost_usd", "latency_s")},
    }
    merged = pa.table([columns[field.name].cast(field.type) for field in JUDGMENT_SCHEMA], schema=JUDGMENT_SCHEMA)
    names = pa.array([level.name for level in levels], pa.string())
    merged = merged.append_column("teacher", names.take(pa.array(level_of)))
    merged = merged.append_column("certainty", pa.array(certainty, mask=np.isnan(certainty)))
    return Judgments(merged.append_column("asked", _asked(levels, n)))


def _calibration_rows(
    table: pa.Table, labelled: NDArray[np.bool_], positive: Positive, gold: Gold | None, contexts: frozenset[str]
) -> tuple[NDArray[np.int64], Numbers]:
    """Rows of the table that calibrate, and their truth as 0 or 1."""
    if gold is None:
        return np.empty(0, np.int64), np.empty(0)
    inside = np.asarray(pc.is_in(table["context_id"], value_set=pa.array(sorted(contexts), pa.string())), dtype=bool)
    places = gold.rows_of(table)
    rows = np.flatnonzero(labelled & inside & (places >= 0))
    return rows, positive.of(gold.grades[places[rows]]).astype(np.float64)


def _keys(table: pa.Table, among: pa.Table) -> NDArray[np.int64]:
    """One number per (context, item) that stands in `among`, negative for any other."""
    contexts, items = (pc.unique(among[name]) for name in ("context_id", "item_id"))
    context, item = (
        np.asarray(pc.fill_null(pc.index_in(table[name], value_set=ids), -1), dtype=np.int64)
        for name, ids in (("context_id", contexts), ("item_id", items))
    )
    return np.where((context >= 0) & (item >= 0), context * len(items) + item, -1)


def _certainty(level: Level) -> Numbers:
    return np.full(len(level.rows), np.nan) if level.confidence is None else level.confidence.certainty


def _p(level: Level) -> Numbers:
    if level.confidence is not None:
        return level.confidence.p
    return np.asarray(level.judgments.table["p"].to_numpy(), dtype=np.float64)


def _sum(levels: Sequence[Level], column: str, n: int) -> pa.Array:
    total, unknown, known = np.zeros(n), np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    for level in levels:
        table = level.judgments.table
        values = np.asarray(table[column].cast(pa.float64()).to_numpy(), dtype=np.float64)
        total[level.rows] += np.nan_to_num(values)
        unknown[level.rows] |= came(table) & np.isnan(values)
        known[level.rows] |= ~np.isnan(values)
    return pa.array(total, mask=unknown | ~known)


def _asked(levels: Sequence[Level], n: int) -> pa.Array:
    """The names of the teachers asked about each pair, cheapest first."""
    pair = np.concatenate([level.rows for level in levels])
    number = np.concatenate([np.full(len(level.rows), i) for i, level in enumerate(levels)])
    order = np.lexsort((number, pair))
    names = pa.array([level.name for level in levels], pa.string()).take(pa.array(number[order]))
    ends = np.cumsum(np.bincount(pair, minlength=n))
    return pa.ListArray.from_arrays(pa.array(np.concatenate([[0], ends]), pa.int32()), names)
