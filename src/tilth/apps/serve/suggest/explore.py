"""A small, measurable chance for categories of which no log can say anything yet."""

import datetime
from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tilth.apps.serve.guards import in_share
from tilth.apps.serve.suggest.config import SuggestConfig
from tilth.apps.serve.suggest.history import form_of
from tilth.artifacts.suggester import Suggested, Suggester, key_text

Arm = Literal["explored", "control"]
"""Whether a request that could show a suggestion of a cold category did. Drawn by chance, so that both can be
compared."""


def explore(
    suggester: Suggester,
    cold: Sequence[NDArray[np.int64]],
    config: SuggestConfig,
    typed: str,
    found: list[Suggested],
    limit: int,
    drawn: str,
    past: Collection[str] = (),
) -> tuple[Arm | None, int | None, list[Suggested]]:
    """The arm, the place of the explored suggestion, and the list of at most `limit` with it.

    There is neither arm nor place where no cold suggestion begins so that is neither in the list nor among the `past`
    queries above it (their forms), and where the list has room for one only.
    """
    shown = {one.query for one in found}
    best = suggester.best_of(typed, cold, len(found) + len(past) + 1)
    fresh = (one for one in best if one.query not in shown and not (past and form_of(one.query) in past))
    offered = next(fresh, None)
    place = min(config.explore_position - 1, limit - 1, len(found))
    if offered is None or place < 1:
        return None, None, found
    if not in_share(config.explore_salt, drawn, config.explore_share):
        return "control", None, found
    return "explored", place, [*found[:place], offered, *found[place:]][:limit]


def drawn_by(typed: str, context_id: str, at: float) -> str:
    """What the draw depends on: the same person sees the same for a prefix all day (UTC)."""
    day = datetime.datetime.fromtimestamp(at, datetime.UTC).date().isoformat()
    return f"{context_id}\0{key_text(typed)}\0{day}"
