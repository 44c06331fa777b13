"""What was typed -> a reply, and what is to be written down about it."""

import time
from dataclasses import dataclass
from typing import Literal

import msgspec

from tilth.apps.serve.suggest.artifact import Suggesting
from tilth.apps.serve.suggest.blend import blend
from tilth.apps.serve.suggest.explore import Arm, drawn_by, explore
from tilth.apps.serve.suggest.items import NOTHING, instant
from tilth.artifacts.suggester import Suggested
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
    found, late = _complete(loaded, asked, limit, until)
    arm, place = None, None
    if loaded.cold is not None and found and not found[0].edits:
        drawn = drawn_by(asked.q, asked.context_id, at)
        arm, place, found = explore(loaded.suggester, loaded.cold, config, asked.q, found, limit, drawn)
    results = NOTHING
    if loaded.index is not None and config.items and len(asked.q.strip()) >= config.items_from:
        late = late or _passed(until)
        results = NOTHING if late else instant(loaded.index, asked.q, found, config.items)
    reply = SuggestReply(
        request_id=request_id,
        query=asked.q,
        searched=results.searched,
        suggestions=[
            Suggestion(one.query, one.source, one.category or None, one.edits, number == place)
            for number, one in enumerate(found)
        ],
        items=results.items,
        layout=blend(len(found), len(results.items), config.positions, results.known),
        known_item=results.known is not None,
        late=late,
        versions=loaded.versions,
    )
    return Offer(at, asked, reply, arm, config.explore_share)


def _complete(
    loaded: Suggesting, asked: SuggestRequest, limit: int, until: float | None
) -> tuple[list[Suggested], bool]:
    """What begins so, or else almost so, if there is time to look; and whether there was not."""
    if _passed(until):
        return [], True
    boosts = loaded.tastes(asked.context_id)
    found = loaded.suggester.complete(asked.q, limit, fuzzy=False, boosts=boosts)
    if found or not asked.q.strip():
        return found, False
    if _passed(until):
        return [], True
    return loaded.suggester.complete(asked.q, limit, boosts=boosts), False


def _passed(until: float | None) -> bool:
    return until is not None and time.perf_counter() >= until
