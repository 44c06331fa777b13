"""Searching the catalog the way suggestions are judged: little words aside, and not by one word of many."""

import math

from tilth.artifacts.index import Hits, SearchIndex
from tilth.suggest.words import content


def find(index: SearchIndex, normal: str, depth: int, match: float) -> Hits:
    """The best `depth` items that hold at least the share `match` of the query's words, and at least one."""
    terms = content(normal.split())
    needed = max(1, math.ceil(match * len(set(terms)) - 1e-9))
    return index.search(" ".join(terms), depth, at_least=needed)
