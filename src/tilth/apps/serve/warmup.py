"""The first request of a fresh worker is as fast as the thousandth: what is made on first use is made before."""

import pyarrow as pa

from tilth.apps.serve.artifact import Loaded
from tilth.apps.serve.service import answer_filter
from tilth.apps.serve.serving import Serving
from tilth.apps.serve.suggest.answer import answer_suggest
from tilth.apps.serve.suggest.artifact import Suggesting
from tilth.apps.serve.understand.answer import answer_understand
from tilth.apps.serve.understand.artifact import Understands
from tilth.artifacts.understanding import HeadQuery
from tilth.client.messages import Entity, FilterRequest, Offered, Reasons, SuggestRequest, UnderstandRequest
from tilth.records import Entities

ROUNDS = 3
KNOWN, INLINE, KNOWN_QUERIES = 100, 4, 10


def warm_up(serving: Serving) -> None:
    """Answer requests of every kind."""
    if serving.filter is not None:
        warm_up_filter(serving.filter)
    if serving.suggest is not None:
        warm_up_suggest(serving.suggest)
    if serving.understand is not None:
        warm_up_understand(serving.understand)


def warm_up_suggest(loaded: Suggesting) -> None:
    """Type some of the best suggestions letter by letter, and one of them wrongly."""
    for one in loaded.suggester.complete("", KNOWN_QUERIES):
        for typed in (*(one.query[:length] for length in range(1, 12)), f"{one.query[:4]}x{one.query[4:]}"):
            answer_suggest(loaded, SuggestRequest(q=typed), "warm-up", None)


def warm_up_understand(loaded: Understands) -> None:
    """Ask for some frequent queries, as they are and with a word that makes them rare."""
    for head in list(loaded.understander.table.values())[:KNOWN_QUERIES] or [HeadQuery("nothing", 0.0, None)]:
        for query in (head.query, f"{head.query} {head.query[::-1]}"):
            answer_understand(loaded, UnderstandRequest(q=query), "warm-up", None)


def warm_up_filter(loaded: Loaded) -> None:
    """Answer requests about the store's own entities, by id and in their own words, as callers ask them."""
    contexts, items = loaded.store.contexts.prepared.entities, loaded.store.items.prepared.entities
    if not len(contexts) or not len(items):
        return
    words = in_own_words(items, INLINE)
    known: list[Offered] = list(_first(items.ids, KNOWN))
    asked: list[tuple[Offered, list[Offered]]] = [
        (_first(contexts.ids, 1)[0], known),
        (_first(contexts.ids, 1)[0], list(words)),
        (in_own_words(contexts, 1)[0], [*known[:1], *words]),
    ]
    kinds: tuple[Reasons, ...] = ("short", "full")
    for _ in range(ROUNDS):
        for context, candidates in asked:
            for reasons in kinds:
                request = FilterRequest(context=context, candidates=candidates, reasons=reasons)
                answer_filter(loaded, request, "warm-up", None)


def in_own_words(entities: Entities, count: int) -> list[Entity]:
    """The first few, as a caller would tell of them; `no title` where one says nothing."""
    titles, texts = _first(entities.table["title"], count), _first(entities.table["text"], count)
    return [
        Entity(title=title[:200] or "no title", text=text[:2_000]) for title, text in zip(titles, texts, strict=True)
    ]


def _first(column: pa.ChunkedArray, count: int) -> list[str]:
    return [str(value or "") for value in column.slice(0, count).to_pylist()]
