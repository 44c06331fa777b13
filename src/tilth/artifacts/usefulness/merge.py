"""Two lists in one order, by what each line is expected to be worth. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Line:
    """A place in one of the lists. `bounded`: an item that stands here only because of `most_above`."""

    kind: Literal["suggestion", "item"]
    at: int
    bounded: bool = False


def merged(suggestions: Sequence[float], items: Sequence[float], most_above: int) -> list[Line]:
    """Both lists in one, each in its own order: of the next two lines the one that is worth more, of equals the
    suggestion. At most `most_above` suggestions stand above the first item, whatever they are worth.

    A line whose worth rises never moves down.
    """
    lines, offered, found = list[Line](), 0, 0
    while offered < len(suggestions) or found < len(items):
        full = not found and offered >= most_above and found < len(items) and offered < len(suggestions)
        wins = found == len(items) or (offered < len(suggestions) and suggestions[offered] >= items[found])
        if wins and not full:
            lines.append(Line("suggestion", offered))
            offered += 1
        else:
            lines.append(Line("item", found, bounded=full and wins))
            found += 1
    return lines
