"""Instant results for what was typed so far."""

from collections.abc import Sequence
from dataclasses import dataclass

from tilth.apps.serve.suggest.blend import almost
from tilth.artifacts.index import SearchIndex
from tilth.artifacts.suggester import Suggested
from tilth.artifacts.usefulness import RESULTS, instant_hits
from tilth.client.messages import FoundItem


@dataclass(frozen=True)
class Instant:
    """`searched`: what the items answer, `guessed` where that is the first suggestion and not what was typed. `shares`:
    of each item its share of the weight of the results. `known`: the place of the item whose title was typed."""

    searched: str | None
    items: list[FoundItem]
    known: int | None
    shares: list[float]
    guessed: bool = False


NOTHING = Instant(None, [], None, [])


def instant(index: SearchIndex, typed: str, suggested: Sequence[Suggested], count: int) -> Instant:
    """The best items for what was typed, where it is whole words of the index; else for the suggestion it begins.

    An item of the very title is among them, whatever its score.
    """
    answered = instant_hits(index, typed, suggested[0].query if suggested else None, max(count, RESULTS))
    if answered is None:
        return NOTHING
    hits = answered.hits
    found = dict(zip(hits.rows.tolist(), hits.scores.tolist(), strict=True))
    titles = index.items["title"]
    called = index.titled(typed).rows.tolist()
    if called:
        known = next((row for row in found if row in called), called[0])
    else:
        place = almost(typed, [titles[row].as_py() or "" for row in found])
        known = None if place is None else list(found)[place]
    rows = list(found)[:count]
    if known is not None and known not in rows:
        rows = [*rows[: count - 1], known]
    items = [_item(index, row, found.get(row, 0.0)) for row in rows]
    shares = answered.shares([one.score for one in items])
    return Instant(answered.searched, items, None if known is None else rows.index(known), shares, answered.guessed)


def _item(index: SearchIndex, row: int, score: float) -> FoundItem:
    one, title, category = (index.items[name][row].as_py() or "" for name in ("id", "title", "category"))
    return FoundItem(one, title, category or None, score)
