"""The first request of a fresh worker is as fast as the thousandth: what is made on first use is made before."""

import pyarrow as pa

from tilth.apps.serve.artifact import Loaded
from tilth.apps.serve.service import answer_filter
from tilth.client.messages import Entity, FilterRequest, Offered, Reasons
from tilth.records import Entities

ROUNDS = 3
KNOWN, INLINE = 100, 4


def warm_up(loaded: Loaded) -> None:
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
