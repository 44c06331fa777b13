"""Instant results for what was typed so far."""

from collections.abc import Sequence
from dataclasses import dataclass

from tilth.apps.serve.suggest.blend import almost
from tilth.artifacts.index import SearchIndex
from tilth.artifacts.index.query import wanted_of
from tilth.artifacts.suggester import Suggested
from tilth.client.messages import FoundItem

LOOKED_AT = 20
"""Results among which an item is looked for whose title was almost typed."""


@dataclass(frozen=True)
class Instant:
    """`searched`: what the items answer. `known`: the place of the item whose title was typed."""

    searched: str | None
    items: list[FoundItem]
    known: int | None


NOTHING = Instant(None, [], None)


def instant(index: SearchIndex, typed: str, suggested: Sequence[Suggested], count: int) -> Instant:
    """The best items for what was typed, where it is whole words of the index; else for the suggestion it begins.

    All words must be in an item; where no item has all, any may be. An item of the very title is among them, whatever
    its score.
    """
    terms = _terms(index, typed)
    searched = typed
    if suggested and not all(index.document_frequency(term) for term in terms):
        searched = suggested[0].query
        terms = _terms(index, searched)
    if not terms:
        return NOTHING
    hits = index.search(searched, max(count, LOOKED_AT), at_least=len(terms))
    if not hits:
        hits = index.search(searched, max(count, LOOKED_AT))
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
    return Instant(searched, items, None if known is None else rows.index(known))


def _item(index: SearchIndex, row: int, score: float) -> FoundItem:
    one, title, category = (index.items[name][row].as_py() or "" for name in ("id", "title", "category"))
    return FoundItem(one, title, category or None, score)


def _terms(index: SearchIndex, text: str) -> list[str]:
    return [wanted.term for wanted in wanted_of(text, index.config)]
