"""Searching the catalog the way suggestions are judged: little words aside, and not by one word of many."""

import math

from tilth.artifacts.index import Hits, SearchIndex, analyze
from tilth.suggest.words import content


def find(index: SearchIndex, normal: str, depth: int, match: float) -> Hits:
    """The best `depth` items that hold at least the share `match` of the query's words, and at least one."""
    words = " ".join(content(normal.split()))
    needed = max(1, math.ceil(match * len(set(analyze(words))) - 1e-9))
    return index.search(words, depth, at_least=needed)
