"""A request -> a reply, and what is to be written down about it."""

import math
import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tilth.apps.serve.artifact import Loaded
from tilth.apps.serve.attributes import warnings
from tilth.apps.serve.guards import GUARDS, Guarded, guard
from tilth.apps.serve.offered import Candidates, check_inline, find_candidates, holdout_key
from tilth.apps.serve.scoring import LATE, STATUSES, ReasonsFor, Scored, score
from tilth.client.messages import (
    Counts,
    Decision,
    Entity,
    FilterReply,
    FilterRequest,
    Offered,
    Score,
    ScoreReply,
    ScoreRequest,
)


@dataclass(frozen=True)
class Answered:
    """A request with all that was found out and decided: what logs, audit and metrics are made from."""

    request_id: str
    at: float
    """Seconds since 1970."""
    context: Offered
    offered: list[Offered]
    candidates: Candidates
    scored: Scored
    guarded: Guarded
    loaded: Loaded

    @cached_property
    def counts(self) -> Counts:
        status, keep = self.scored.status, self.guarded.keep
        late = int((status == LATE).sum())
        return Counts(
            candidates=len(keep),
            dropped=int((~keep).sum()),
            guarded=int((self.scored.drop & keep).sum()),
            unknown=int((status != 0).sum()) - late,
            late=late,
        )


def answer_filter(
    loaded: Loaded, request: FilterRequest, request_id: str, until: float | None
) -> tuple[FilterReply, Answered]:
    """Decide on each candidate. Raises RequestError for a request that cannot be answered."""
    at = time.time()
    candidates, scored = _scored(loaded, request, "dropped", until)
    guarded = guard(loaded.config.guards, holdout_key(request.context), scored.p, scored.drop)
    answered = Answered(request_id, at, request.context, request.candidates, candidates, scored, guarded, loaded)
    reply = FilterReply(
        request_id=request_id,
        versions=loaded.versions,
        mode=guarded.mode,
        counts=answered.counts,
        decisions=_decisions(candidates, scored, guarded),
        warnings=_warnings(loaded, request),
    )
    return reply, answered


def answer_score(loaded: Loaded, request: ScoreRequest, request_id: str, until: float | None) -> ScoreReply:
    """Score each candidate, without deciding. Raises RequestError for a request that cannot be answered."""
    candidates, scored = _scored(loaded, request, "all", until)
    rows = zip(candidates.ids, _numbers(scored.p), scored.status.tolist(), scored.reasons, strict=True)
    return ScoreReply(
        request_id=request_id,
        versions=loaded.versions,
        scores=[Score(one, p, STATUSES[status], reasons) for one, p, status, reasons in rows],
        warnings=_warnings(loaded, request),
    )


def _scored(
    loaded: Loaded, request: FilterRequest | ScoreRequest, reasons_for: ReasonsFor, until: float | None
) -> tuple[Candidates, Scored]:
    candidates = find_candidates(loaded.store.items, request.candidates)
    if isinstance(request.context, Entity):
        check_inline(loaded.store.contexts, request.context, "context")
    return candidates, score(
        loaded, request.context, candidates, reasons=request.reasons, reasons_for=reasons_for, until=until
    )


def _decisions(candidates: Candidates, scored: Scored, guarded: Guarded) -> list[Decision]:
    rows = zip(
        candidates.ids,
        guarded.keep.tolist(),
        _numbers(scored.p),
        scored.status.tolist(),
        guarded.guard.tolist(),
        scored.reasons,
        strict=True,
    )
    return [Decision(one, keep, p, STATUSES[status], GUARDS[by], reasons) for one, keep, p, status, by, reasons in rows]


def _numbers(p: NDArray[np.float64]) -> list[float | None]:
    return [None if math.isnan(one) else one for one in p.tolist()]


def _warnings(loaded: Loaded, request: FilterRequest | ScoreRequest) -> list[str]:
    store = loaded.store
    return warnings(store.contexts, store.items, loaded.closed_lists, request.context, request.candidates)
