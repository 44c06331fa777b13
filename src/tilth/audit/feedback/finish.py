"""From the buckets' counts to what the audit says of feedback."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.config import AuditConfig
from tilth.audit.feedback.partial import FeedbackPartial
from tilth.audit.interactions import Interactions
from tilth.audit.result import GROUPS, Measure, Part
from tilth.audit.tables import FEEDBACK, TRUST
from tilth.stats import jackknife_interval, wilson

EVERY_OPINION = "(every opinion)"
ANY_SIGNAL = "(any signal)"
NOT_CHOSEN = "shown, not chosen"

Grouped = NDArray[np.int64]
"""Counts by jackknife group, shape (GROUPS, counted)."""


def feedback_part(interactions: Interactions, config: AuditConfig) -> Part:
    """What `FeedbackReducer` found in the buckets of a log, put together."""
    reduced = interactions.reduced.get("feedback", ())
    return finish([FeedbackPartial.of(arrays) for arrays in reduced], interactions.kinds, config)


def finish(partials: Sequence[FeedbackPartial], kinds: tuple[str, ...], config: AuditConfig) -> Part:
    """Measures and tables from the counts of all buckets; `kinds` are the log's."""
    tables = {
        "feedback": _feedback_table(
            _grouped(partials, "events", len(kinds) + 3).sum(axis=0),
            _grouped(partials, "users", len(kinds) + 3).sum(axis=0),
            kinds,
            config,
        ),
    }
    pairs = _grouped(partials, "pairs", 2 * len(kinds) + 3)
    agree = _grouped(partials, "agree", 2 * len(kinds) + 3)
    tables["trust"] = _trust_table(pairs, agree, kinds)
    negatives = _grouped(partials, "negatives", 4)
    return Part(measures=(*_negative_measures(negatives), *_trust_measures(pairs, agree)), tables=tables)


def _grouped(partials: Sequence[FeedbackPartial], name: str, width: int) -> Grouped:
    sums = np.zeros((GROUPS, width), np.int64)
    for partial in partials:
        sums[int(partial.group[0])] += getattr(partial, name)
    return sums


def _feedback_table(
    events: NDArray[np.int64], users: NDArray[np.int64], kinds: tuple[str, ...], config: AuditConfig
) -> pa.Table:
    other = "dislike" if config.dislike_below is not None else "no like"
    names = [*kinds, *(f"rating ({word})" for word in ("like", other, "neither"))]
    roles = [_role(kind, config) for kind in kinds]
    roles += ["positive", "negative" if config.dislike_below is not None else "interaction", "interaction"]
    total = max(int(events.sum()), 1)
    rows = [
        {"kind": name, "role": role, "events": int(count), "share": count / total, "users": int(people)}
        for name, role, count, people in zip(names, roles, events, users, strict=True)
        if count
    ]
    return pa.Table.from_pylist(rows, schema=FEEDBACK).sort_by([("events", "descending"), ("kind", "ascending")])


def _role(kind: str, config: AuditConfig) -> str:
    for role in ("negative", "exposure"):
        if kind in getattr(config.kinds, role):
            return role
    return "positive" if kind in config.kinds.positive or kind in config.kinds.opinion else "interaction"


def _trust_table(pairs: Grouped, agree: Grouped, kinds: tuple[str, ...]) -> pa.Table:
    """Signals that meet an opinion anywhere; the last two rows put all signals together, and all opinions."""
    names = [*kinds, *(f"{kind}, value above the user's mean" for kind in kinds), NOT_CHOSEN, ANY_SIGNAL, EVERY_OPINION]
    rows = [
        {"signal": name, **_precision(pairs[:, signal], agree[:, signal])}
        for signal, name in enumerate(names)
        if pairs[:, signal].sum()
    ]
    return pa.Table.from_pylist(rows, schema=TRUST)


def _precision(pairs: NDArray[np.int64], agree: NDArray[np.int64]) -> dict[str, int | float]:
    """The share that agrees, and an interval: the jackknife's, as pairs of one user go together, but at least Wilson's,
    as the groups tell nothing of a share that is 0 or 1 in all of them, or where few have pairs."""
    of_all = wilson(int(agree.sum()), int(pairs.sum()))
    value = float(agree.sum() / pairs.sum())
    estimate = jackknife_interval(value, _ratios(agree, pairs))
    low, high = np.fmin(estimate.low, of_all.low), np.fmax(estimate.high, of_all.high)
    return {
        "pairs": int(pairs.sum()),
        "agree": int(agree.sum()),
        "precision": value,
        "low": max(float(low), 0.0),
        "high": min(float(high), 1.0),
    }


def _negative_measures(negatives: Grouped) -> list[Measure]:
    events = _ratio("feedback.negative_share", negatives[:, 0], negatives[:, 1], "no events")
    return [events, _ratio("feedback.users_with_negative_share", negatives[:, 2], negatives[:, 3], "no events")]


def _trust_measures(pairs: Grouped, agree: Grouped) -> list[Measure]:
    opinions = int(pairs[:, -1].sum())
    note = "no explicit feedback, so implicit feedback cannot be checked"
    if opinions:
        note = "no user gave explicit and implicit feedback on the same item"
    liked = _ratio("feedback.like_share", agree[:, -1], pairs[:, -1], "no explicit feedback")
    return [_ratio("feedback.implicit_precision", agree[:, -2], pairs[:, -2], note), liked]


def _ratio(name: str, part: NDArray[np.int64], whole: NDArray[np.int64], nothing: str) -> Measure:
    """Over all groups, and without each in turn."""
    total = int(whole.sum())
    if not total:
        return Measure(name, None, 0, note=nothing)
    return Measure(name, float(part.sum() / total), total, tuple(_ratios(part, whole).tolist()))


def _ratios(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """The ratio without each group in turn, shape (GROUPS,); NaN where nothing is left."""
    left = whole.sum() - whole
    return np.divide(part.sum() - part, left, out=np.full(len(part), np.nan), where=left > 0)
