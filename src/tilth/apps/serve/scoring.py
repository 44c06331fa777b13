"""Probabilities and reasons for the candidates of one context, for as long as there is time."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tilth.apps.serve.artifact import Loaded
from tilth.apps.serve.offered import Candidates, prepare_inline, size_of
from tilth.artifacts import LOOKED_AT, full_reasons, short_reasons
from tilth.artifacts.student import Evaluation, Prepared, PreparedSide, strongest
from tilth.client.messages import Entity, Offered, Reasons, Status

SCORED, UNKNOWN_CONTEXT, UNKNOWN_ITEM, LATE = range(4)
STATUSES: tuple[Status, ...] = ("scored", "unknown_context", "unknown_item", "deadline")

KNOWN_CHUNK, INLINE_CHUNK, FULL_CHUNK = 250, 16, 16
INLINE_CHARACTERS = 8_000
"""Candidates between two looks at the clock, those in their own words of so many characters in all, and those whose
reasons are told in full: a few milliseconds' work each. One alone may be longer."""

ReasonsFor = Literal["dropped", "all"]


@dataclass(frozen=True)
class Scored:
    """One entry per candidate; `p` is NaN and `drop` false where `status` (a place in `STATUSES`) says why."""

    p: NDArray[np.float64]
    drop: NDArray[np.bool_]
    status: NDArray[np.int64]
    reasons: list[list[str]]


@dataclass(frozen=True)
class _Chunk:
    """Candidates at `places` of the request, as rows of prepared sides."""

    places: NDArray[np.int64]
    prepared: Prepared
    context_row: int
    item_rows: NDArray[np.int64]


def score(
    loaded: Loaded,
    context: Offered,
    candidates: Candidates,
    *,
    reasons: Reasons,
    reasons_for: ReasonsFor,
    until: float | None,
) -> Scored:
    """Score what is known; `until` is the `time.perf_counter()` after which the rest stays without a score. A context
    in its own words has passed `check_inline`."""
    count = len(candidates.ids)
    scored = Scored(np.full(count, np.nan), np.zeros(count, bool), np.full(count, UNKNOWN_ITEM), [[]] * count)
    side = loaded.store.contexts
    row = int(side.index.rows_of([context])[0]) if isinstance(context, str) else 0
    if row < 0:
        scored.status[:] = UNKNOWN_CONTEXT
        return scored
    scored.status[candidates.rows >= 0] = LATE
    scored.status[list(candidates.inline)] = LATE
    if _passed(until):
        return scored
    known = side.prepared
    prepared = prepare_inline(loaded.filter.student, side, [context]) if isinstance(context, Entity) else known
    chunks = _chunks(loaded, (prepared, row), candidates, FULL_CHUNK if reasons == "full" else KNOWN_CHUNK)
    while not _passed(until) and (chunk := next(chunks, None)) is not None:
        _score_chunk(loaded, chunk, scored, reasons, reasons_for)
    return scored


def _passed(until: float | None) -> bool:
    return until is not None and time.perf_counter() >= until


def _chunks(
    loaded: Loaded, context: tuple[PreparedSide, int], candidates: Candidates, at_most: int
) -> Iterator[_Chunk]:
    side, row = context
    known = np.flatnonzero(candidates.rows >= 0)
    for start in range(0, len(known), at_most):
        places = known[start : start + at_most]
        yield _Chunk(places, Prepared(side, loaded.store.items.prepared), row, candidates.rows[places])
    for some in portions(candidates.inline):
        items = prepare_inline(loaded.filter.student, loaded.store.items, list(some.values()))
        yield _Chunk(np.array(list(some), dtype=np.int64), Prepared(side, items), row, np.arange(len(some)))


def portions(inline: dict[int, Entity]) -> Iterator[dict[int, Entity]]:
    """Entities by place, so many at a time that they are at most `INLINE_CHUNK` and `INLINE_CHARACTERS`."""
    portion: dict[int, Entity] = {}
    characters = 0
    for place, entity in inline.items():
        size = size_of(entity)
        if portion and (len(portion) == INLINE_CHUNK or characters + size > INLINE_CHARACTERS):
            yield portion
            portion, characters = {}, 0
        portion[place] = entity
        characters += size
    if portion:
        yield portion


def _score_chunk(loaded: Loaded, chunk: _Chunk, into: Scored, reasons: Reasons, reasons_for: ReasonsFor) -> None:
    student = loaded.filter.student
    context_rows = np.broadcast_to(np.int64(chunk.context_row), len(chunk.places))
    X = student.features(chunk.prepared, context_rows, chunk.item_rows)
    evaluation = student.model.evaluate(X)
    decisions = loaded.decide(evaluation.raw)
    into.p[chunk.places], into.drop[chunk.places] = decisions.p, decisions.drop
    into.status[chunk.places] = SCORED
    wanted = np.flatnonzero(decisions.drop) if reasons_for == "dropped" else np.arange(len(chunk.places))
    if reasons == "none" or not len(wanted):
        return
    for place, said in zip(wanted, _reasons(loaded, chunk, X, evaluation, wanted, reasons), strict=True):
        into.reasons[chunk.places[place]] = said


def _reasons(
    loaded: Loaded,
    chunk: _Chunk,
    X: NDArray[np.float32],
    evaluation: Evaluation,
    wanted: NDArray[np.int64],
    reasons: Reasons,
) -> list[list[str]]:
    student = loaded.filter.student
    top = strongest(evaluation.contributions(wanted), LOOKED_AT)
    if reasons == "short":
        return short_reasons(student, top)
    return [
        full_reasons(student, X[place], row, chunk.prepared, chunk.context_row, int(chunk.item_rows[place]))
        for place, row in zip(wanted, top, strict=True)
    ]
