"""What was typed -> a reply, and what is to be written down about it."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import msgspec

from tilth.apps.serve.suggest.artifact import Suggesting
from tilth.apps.serve.suggest.blend import blend
from tilth.apps.serve.suggest.explore import Arm, drawn_by, explore
from tilth.apps.serve.suggest.history import beside, past_queries
from tilth.apps.serve.suggest.items import NOTHING, Instant, instant
from tilth.artifacts.suggester import Suggested
from tilth.artifacts.usefulness import COMPLETIONS, Usefulness, suggestion_shares
from tilth.client.messages import Suggestion, SuggestReply, SuggestRequest

Outcome = Literal["exact", "fuzzy", "empty", "late"]


@dataclass(frozen=True)
class Offer:
    """A request with what it was shown: what the log and the metrics are made from."""

    at: float
    """Seconds since 1970."""
    asked: SuggestRequest
    """Without its history, so that nothing can write that down."""
    reply: SuggestReply
    outcome: Outcome
    """How the suggester's own were found, past queries aside."""
    arm: Arm | None
    share: float
    """How probable the arm `explored` was."""


def answer_suggest(
    loaded: Suggesting, asked: SuggestRequest, request_id: str, until: float | None, at: float | None = None
) -> Offer:
    """Look for suggestions, then for items; `until` is the `time.perf_counter()` after which what is left stays out."""
    at, config = time.time() if at is None else at, loaded.config
    limit = config.limit if isinstance(asked.limit, msgspec.UnsetType) else min(asked.limit, config.max_limit)
    completions, late = _complete(loaded, asked, limit, until)
    forms = past_queries(asked.q, asked.history, min(config.history, limit)) if asked.history else {}
    past, others = beside(forms, completions)
    arm, place, found = _explored(loaded, asked, others, limit - len(past), at, forms)
    results = NOTHING
    if loaded.index is not None and config.items and len(asked.q.strip()) >= config.items_from:
        late = late or _passed(until)
        # Never what a past query finds: the log has the items, and would tell.
        results = NOTHING if late else instant(loaded.index, asked.q, completions, config.items)
    place = None if place is None else place + len(past)
    offered, listed = _expected(loaded.usefulness, past, found, others, results, completions[:1])
    reply = SuggestReply(
        request_id=request_id,
        query=asked.q,
        searched=results.searched,
        suggestions=[
            Suggestion(one.query, one.source, one.category or None, one.edits, number == place)
            for number, one in enumerate((*past, *found))
        ],
        items=results.items,
        layout=blend(offered, listed, config, known=results.known, explored=place),
        known_item=results.known is not None,
        late=late,
        versions=loaded.versions,
    )
    unsaid = msgspec.structs.replace(asked, history=[]) if asked.history else asked
    return Offer(at, unsaid, reply, _outcome(completions, late=late), arm, config.explore_share)


def _outcome(completions: list[Suggested], *, late: bool) -> Outcome:
    if completions:
        return "fuzzy" if completions[0].edits else "exact"
    return "late" if late else "empty"


def _explored(
    loaded: Suggesting, asked: SuggestRequest, others: list[Suggested], room: int, at: float, past: Collection[str]
) -> tuple[Arm | None, int | None, list[Suggested]]:
    """The arm, the place of what is explored, and what the suggester offers in the `room` below past queries."""
    found = others[:room]
    if loaded.cold is None or not found or found[0].edits:
        return None, None, found
    drawn = drawn_by(asked.q, asked.context_id, at)
    return explore(loaded.suggester, loaded.cold, loaded.config, asked.q, found, room, drawn, past)


def _complete(
    loaded: Suggesting, asked: SuggestRequest, limit: int, until: float | None
) -> tuple[list[Suggested], bool]:
    """What begins so, at least `limit` of it where there is as much, or else almost so, if there is time to look; and
    whether there was not."""
    if _passed(until):
        return [], True
    boosts = loaded.tastes(asked.context_id)
    found = loaded.suggester.complete(asked.q, max(limit, COMPLETIONS), fuzzy=False, boosts=boosts)
    if found or not asked.q.strip():
        return found, False
    if _passed(until):
        return [], True
    return loaded.suggester.complete(asked.q, limit, boosts=boosts), False


def _expected(
    curves: Usefulness,
    past: list[Suggested],
    found: list[Suggested],
    others: list[Suggested],
    results: Instant,
    guess: list[Suggested],
) -> tuple[list[float], list[float]]:
    """How probable each suggestion, `past` queries first, and each item is to be what is wanted: among past queries and
    all `others`. Items that answer a guess are wanted only by those who mean what was guessed."""
    among = [one.score for one in (*past, *others)][:COMPLETIONS]

    def worth(some: list[Suggested]) -> list[float]:
        edits = some[0].edits if some else 0
        return [curves.suggestion(share) for share in suggestion_shares([one.score for one in some], among, edits)]

    reach = worth(guess)[0] if results.guessed else 1.0
    return [*worth(past), *worth(found)], [reach * curves.item(share) for share in results.shares]


def _passed(until: float | None) -> bool:
    return until is not None and time.perf_counter() >= until
