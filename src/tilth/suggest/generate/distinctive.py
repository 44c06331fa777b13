"""The words by which an item is told from all others."""

from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from tilth.artifacts.index import SearchIndex, analyze
from tilth.text import fold

RARE = 0.005
LEAST = 2
"""A word is distinctive if no more than this share of the items, or so many of them, have it."""
TEXT_CHARS = 4_000


def distinctive_words(items: pa.Table, index: SearchIndex, most: int) -> list[list[str]]:
    """For each item of a table with `title` and `text` its rarest words, as they are written: those of the title
    first, then the most frequent ones of the text.

    Rarity is the number of items that have the word (the inverse document frequency orders words alike).
    """
    limit = max(LEAST, int(RARE * len(index)))
    columns = (items[name].to_pylist() for name in ("title", "text"))
    return [_words(title, text[:TEXT_CHARS], index, limit, most) for title, text in zip(*columns, strict=True)]


def _words(title: str, text: str, index: SearchIndex, limit: int, most: int) -> list[str]:
    found = dict[str, str]()
    counts = Counter[str](_split(text))
    for word in (*_split(title), *(word for word, _ in counts.most_common())):
        if len(found) == most:
            break
        terms = analyze(word)
        if len(terms) == 1 and terms[0] not in found and 0 < index.document_frequency(terms[0]) <= limit:
            found[terms[0]] = word
    return list(found.values())


def copied(query: str, forbidden: Sequence[str]) -> str | None:
    """The first forbidden word whose term stands in the query; None where none does."""
    terms = set(analyze(query))
    return next((word for word in forbidden if terms.issuperset(analyze(word))), None)


def _split(text: str) -> list[str]:
    return [word.strip(".,;:!?()[]{}\"'\u201c\u201d\u2018\u2019#*") for word in fold(text).split()]
