"""What was typed -> a reply, and what is to be written down about it."""

import time
from dataclasses import dataclass
from typing import Literal

import msgspec

from tilth.apps.serve.suggest.artifact import Suggesting
from tilth.apps.serve.suggest.blend import blend
from tilth.apps.serve.suggest.explore import Arm, drawn_by, explore
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
    reply: SuggestReply
    arm: Arm | None
    share: float
    """How probable the arm `explored` was."""

    @property
    def outcome(self) -> Outcome:
        if self.reply.suggestions:
            return "fuzzy" if self.reply.suggestions[0].edits else "exact"
        return "late" if self.reply.late else "empty"


def answer_suggest(
    loaded: Suggesting, asked: SuggestRequest, request_id: str, until: float | None, at: float | None = None
) -> Offer:
    """Look for suggestions, then for items; `until` is the `time.perf_counter()` after which what is left stays out."""
    at, config = time.time() if at is None else at, loaded.config
    limit = config.limit if isinstance(asked.limit, msgspec.UnsetType) else min(asked.limit, config.max_limit)
    completions, late = _complete(loaded, asked, limit, until)
    found = completions[:limit]
    arm, place = None, None
    if loaded.cold is not None and found and not found[0].edits:
        drawn = drawn_by(asked.q, asked.context_id, at)
        arm, place, found = explore(loaded.suggester, loaded.cold, config, asked.q, found, limit, drawn)
    results = NOTHING
    if loaded.index is not None and config.items and len(asked.q.strip()) >= config.items_from:
        late = late or _passed(until)
        results = NOTHING if late else instant(loaded.index, asked.q, found, config.items)
    offered, listed = _expected(loaded.usefulness, found, completions, results)
    reply = SuggestReply(
        request_id=request_id,
        query=asked.q,
        searched=results.searched,
        suggestions=[
            Suggestion(one.query, one.source, one.category or None, one.edits, number == place)
            for number, one in enumerate(found)
        ],
        items=results.items,
        layout=blend(offered, listed, config, known=results.known, explored=place),
        known_item=results.known is not None,
        late=late,
        versions=loaded.versions,
    )
    return Offer(at, asked, reply, arm, config.explore_share)


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
    curves: Usefulness, found: list[Suggested], completions: list[Suggested], results: Instant
) -> tuple[list[float], list[float]]:
    """How probable each suggestion and each item is to be what is wanted. Items that answer a guess are wanted only by
    those who mean what was guessed."""
    edits = found[0].edits if found else 0
    among = [one.score for one in completions[:COMPLETIONS]]
    offered = [curves.suggestion(share) for share in suggestion_shares([one.score for one in found], among, edits)]
    reach = offered[0] if results.guessed and offered else 1.0
    return offered, [reach * curves.item(share) for share in results.shares]


def _passed(until: float | None) -> bool:
    return until is not None and time.perf_counter() >= until
