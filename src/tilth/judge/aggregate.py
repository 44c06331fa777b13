"""Several teachers' judgments made those of one new source."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from math import nan

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.errors import DataError
from tilth.judge.aligned import Gold
from tilth.judge.compare_config import Aggregate
from tilth.records import JUDGMENT_SCHEMA, Judgments, Positive
from tilth.stats import dawid_skene, fit_weighted_vote, folds_of

SOURCES: dict[Aggregate, str] = {"dawid-skene": "model:aggregate-ds", "gold-weights": "model:aggregate-gold"}

FOLDS = 5
SURE = 1e-4
"""Probabilities are kept this far from 0 and 1 before their log-odds weigh."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """What M sources said about N pairs; the pairs are in the order in which they first stand in the table.

    `pair_of` and `source_of` (R,) are the numbers of the pair and source of each row of `table`, `first` (N,) a row of
    each pair.
    """

    table: pa.Table
    sources: tuple[str, ...]
    pair_of: NDArray[np.int64]
    source_of: NDArray[np.int64]
    first: NDArray[np.int64]

    @cached_property
    def grades(self) -> Numbers:
        """(N, M), NaN where a source gave no label."""
        return self._matrix("grade")

    @cached_property
    def p(self) -> Numbers:
        """(N, M), NaN where a source gave no probability."""
        return self._matrix("p")

    def _matrix(self, column: str) -> Numbers:
        values = np.full((len(self.first), len(self.sources)), nan)
        values[self.pair_of, self.source_of] = _floats(self.table[column])
        return values


def panel_of(judgments: Judgments) -> Panel:
    """Raises:
    DataError: a source has two rows for one pair.
    """
    table = judgments.table
    sources = judgments.sources
    contexts, items = (pc.unique(table[name]) for name in ("context_id", "item_id"))
    key = _codes(table["context_id"], contexts) * len(items) + _codes(table["item_id"], items)
    _, rows, codes = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(rows)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    pair_of, source_of = rank[codes], _codes(table["source"], pa.array(sources))
    cells = np.bincount(pair_of * len(sources) + source_of)
    if cells.max(initial=0) > 1:
        raise DataError("a source has two judgments of one pair", hint="keep one row per pair and source")
    return Panel(table, tuple(sources), pair_of, source_of, rows[order])


def by_dawid_skene(panel: Panel, positive: Positive) -> Judgments:
    """The likeliest truth under Dawid and Skene's model of who errs how; needs no gold.

    `p` is the posterior of the positive class, the grade the likeliest of the likelier class, so that the two never
    contradict each other.

    Raises:
        DataError: fewer than three sources gave labels, or all of them the same grade everywhere.
    """
    spoken = ~np.isnan(panel.grades).all(axis=0)
    if spoken.sum() < 3:
        raise DataError(
            f"aggregate 'dawid-skene' needs at least 3 sources of labels, there are {spoken.sum()}",
            hint='run more teachers, or set [judge] aggregates = ["gold-weights"]',
        )
    known = panel.grades[:, spoken]
    values, codes = np.unique(known[~np.isnan(known)], return_inverse=True)
    if len(values) < 2:
        raise DataError("all sources give all pairs the same grade: there is nothing to weigh", column="grade")
    answers = np.full(known.shape, -1)
    answers[~np.isnan(known)] = codes
    posterior = dawid_skene(answers, len(values)).posterior
    is_positive = positive.of(values)
    p = np.clip(posterior[:, is_positive].sum(axis=1), 0.0, 1.0)
    on_side = np.where(is_positive == (p >= 0.5)[:, None], posterior, -1.0)
    return _judgments(panel, SOURCES["dawid-skene"], values[on_side.argmax(axis=1)], p)


def by_gold_weights(
    panel: Panel, positive: Positive, gold: Gold, fitted_on: frozenset[str], *, seed: int = 0
) -> Judgments:
    """A vote whose weights were fitted on the gold of the contexts `fitted_on`, and on no other.

    Pairs of these contexts are judged by weights fitted without their context (5 folds), all others by weights fitted
    on all of it: no pair is judged by weights that have seen its answer. The grade is the one, on the side that p says,
    that is nearest to the members' mean.

    Raises:
        DataError: fewer than two sources gave labels, or that gold has one class only.
    """
    scores = _scores(panel, positive)
    spoken = ~np.isnan(scores).all(axis=0)
    if spoken.sum() < 2:
        raise DataError(f"aggregate 'gold-weights' needs at least 2 sources of labels, there are {spoken.sum()}")
    scores = scores[:, spoken]
    pairs = panel.table.take(pa.array(panel.first))
    rows = gold.rows_of(pairs)
    inside = np.asarray(pc.is_in(pairs["context_id"], value_set=pa.array(sorted(fitted_on), pa.string())), dtype=bool)
    usable = inside & (rows >= 0) & ~np.isnan(scores).all(axis=1)
    labels = positive.of(gold.grades[rows[usable]]).astype(np.float64)
    if not len(labels) or labels.min() == labels.max():
        raise DataError(
            f"aggregate 'gold-weights' needs gold of both classes in its calibration part, there are {len(labels):,} "
            "such pairs with labels",
            hint="label more pairs, or raise the share of calibration in [distill.shares]",
        )
    contexts = _codes(pairs["context_id"], pc.unique(pairs["context_id"]))
    p = fit_weighted_vote(scores[usable], labels, contexts[usable]).apply(scores)
    fold = folds_of(contexts[inside], FOLDS, seed=seed)
    places, group = np.flatnonzero(inside), contexts[usable]
    for held in np.unique(fold):
        out = places[fold == held]
        kept = ~np.isin(group, contexts[out])
        if not kept.any() or labels[kept].min() == labels[kept].max():
            raise DataError("gold of both classes is needed in several contexts", hint="label pairs of more contexts")
        p[out] = fit_weighted_vote(scores[usable][kept], labels[kept], group[kept]).apply(scores[out])
    return _judgments(panel, SOURCES["gold-weights"], _nearest_grade(panel, positive, p), p)


def _scores(panel: Panel, positive: Positive) -> Numbers:
    """(N, M) what each source says, rising to the positive class: log-odds of p where all its labels have one."""
    labelled = ~np.isnan(panel.grades)
    has_p = (labelled & ~np.isnan(panel.p)).sum(axis=0) == labelled.sum(axis=0)
    sure = np.clip(panel.p, SURE, 1 - SURE)
    scores = np.where(has_p, np.log(sure) - np.log1p(-sure), positive.score(panel.grades))
    return np.where(labelled, scores, nan)


def _nearest_grade(panel: Panel, positive: Positive, p: Numbers) -> Numbers:
    """(N,) the grade, of those that anybody gave, on the side of p that is nearest to the members' mean."""
    values = np.unique(panel.grades[~np.isnan(panel.grades)])
    spoken = ~np.isnan(panel.grades)
    mean = np.where(spoken, panel.grades, 0.0).sum(axis=1) / np.maximum(spoken.sum(axis=1), 1)
    distance = np.abs(values - mean[:, None])
    wrong = positive.of(values) != (p >= 0.5)[:, None]
    # Where nobody ever gave a grade of that side, the nearest of the other is all there is.
    return values[np.where(wrong & ~wrong.all(axis=1)[:, None], np.inf, distance).argmin(axis=1)]


def _judgments(panel: Panel, source: str, grades: Numbers, p: Numbers) -> Judgments:
    """One row per pair: what it cost is what its members cost together, its latency that of the slowest."""
    silent = np.isnan(panel.grades).all(axis=1)
    n, pairs = len(panel.first), panel.table.take(pa.array(panel.first))
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "context_id": pairs["context_id"],
        "item_id": pairs["item_id"],
        "source": pa.repeat(pa.scalar(source), n),
        "grade": pa.array(grades, mask=silent),
        "p": pa.array(p, mask=silent),
        "error": pc.if_else(pa.array(silent), "no member gave a label", pa.scalar(None, pa.string())),
        "cost_usd": _total(panel, "cost_usd"),
        "prompt_tokens": _total(panel, "prompt_tokens").cast(pa.int64()),
        "completion_tokens": _total(panel, "completion_tokens").cast(pa.int64()),
        "latency_s": _slowest(panel),
        "rubric_hash": pa.repeat(_shared_hash(panel.table), n),
        "created_at": pa.repeat(pa.scalar(datetime.datetime.now(datetime.UTC), pa.timestamp("us", tz="UTC")), n),
    }
    arrays = [columns.get(field.name, pa.nulls(n, field.type)) for field in JUDGMENT_SCHEMA]
    table = pa.table(arrays, schema=JUDGMENT_SCHEMA)
    return Judgments(table.append_column("members", _members(panel)))


def came(table: pa.Table) -> NDArray[np.bool_]:
    """Whether each row is an answer that came; a failure that left nothing behind cost nothing."""
    found = pc.or_(pc.is_valid(table["grade"]), pc.is_valid(table["raw"]))
    for column in ("prompt_tokens", "completion_tokens", "cost_usd"):
        found = pc.or_(found, pc.is_valid(table[column]))
    return np.asarray(found, dtype=bool)


def _total(panel: Panel, column: str) -> pa.Array:
    """Sum over the members' answers of each pair; null where a part, or all of it, is unknown."""
    n, answered = len(panel.first), came(panel.table)
    values = _floats(panel.table[column])
    unknown = np.bincount(panel.pair_of, answered & np.isnan(values), n) > 0
    known = np.bincount(panel.pair_of, ~np.isnan(values), n) > 0
    return pa.array(np.bincount(panel.pair_of, np.nan_to_num(values), n), mask=unknown | ~known)


def _slowest(panel: Panel) -> pa.Array:
    values = _floats(panel.table["latency_s"])
    slowest = np.full(len(panel.first), -np.inf)
    missing = np.where(came(panel.table), np.inf, -np.inf)  # an answer of unknown latency makes the pair's unknown
    np.maximum.at(slowest, panel.pair_of, np.where(np.isnan(values), missing, values))
    return pa.array(slowest, mask=~np.isfinite(slowest))


def _members(panel: Panel) -> pa.Array:
    """The sources that gave each pair a label."""
    pair, source = np.nonzero(~np.isnan(panel.grades))
    counts = np.bincount(pair, minlength=len(panel.first))
    names = pa.array(panel.sources, pa.string()).take(pa.array(source))
    return pa.ListArray.from_arrays(pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32()), names)


def _shared_hash(table: pa.Table) -> pa.Scalar:
    hashes = pc.unique(table["rubric_hash"])
    return hashes[0] if len(hashes) == 1 else pa.scalar(None, pa.string())


def _codes(values: pa.ChunkedArray, ids: pa.Array) -> NDArray[np.int64]:
    return np.asarray(pc.index_in(values, value_set=ids), dtype=np.int64)


def _floats(values: pa.ChunkedArray) -> Numbers:
    return np.asarray(values.cast(pa.float64()).to_numpy(), dtype=np.float64)
