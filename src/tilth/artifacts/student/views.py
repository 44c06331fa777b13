"""Which text of an entity is compared: its title, its longer text, or all it has."""

from dataclasses import dataclass
from typing import Literal

from tilth.records import Entities

View = Literal["title", "text", "all"]

_BOTH_USED = 0.05
_QUERY_WORDS = 12


@dataclass(frozen=True)
class Views:
    """The views of each side; `correct_context` says that contexts are short enough for typos to be mended."""

    contexts: tuple[View, ...]
    items: tuple[View, ...]
    correct_context: bool

    @property
    def pairs(self) -> list[tuple[View, View]]:
        return [(context, item) for context in self.contexts for item in self.items]


def find_views(contexts: Entities, items: Entities) -> Views:
    """Title and text apart where a side has both, else all there is as one view."""
    words = [len(text.split()) for text in view_texts(contexts, "all")]
    return Views(_views_of(contexts), _views_of(items), sum(words) <= _QUERY_WORDS * max(len(words), 1))


def _views_of(entities: Entities) -> tuple[View, ...]:
    enough = max(1, _BOTH_USED * len(entities))
    both = (
        sum(1 for text in entities.titles() if text) >= enough and sum(1 for text in entities.texts() if text) >= enough
    )
    return ("title", "text") if both else ("all",)


def view_texts(entities: Entities, view: View) -> list[str]:
    if view == "title":
        return entities.titles()
    if view == "text":
        return entities.texts()
    return [" ".join(filter(None, both)) for both in zip(entities.titles(), entities.texts(), strict=True)]
