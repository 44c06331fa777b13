"""What can be offered without learning: the phrases of titles, and the queries of a log."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from tilth.records import Suggestions
from tilth.suggest.sets.spelling import PUNCTUATION
from tilth.suggest.sets.table import suggestions_of
from tilth.text import fold


def title_phrases(titles: Iterable[str], *, most: int = 1_000_000, longest: int = 4) -> Suggestions:
    """Every run of up to `longest` words of the titles, the most frequent `most`, by how often they stand there."""
    counts = Counter[str]()
    for title in titles:
        words = fold(title).split()
        for size in range(1, longest + 1):
            for start in range(len(words) - size + 1):
                phrase = " ".join(words[start : start + size]).strip(PUNCTUATION)
                if phrase:
                    counts[phrase] += 1
    return counted(dict(counts.most_common(most)), "title")


def counted(counts: Mapping[str, float], source: str) -> Suggestions:
    """Suggestions of one source; the logarithm of a count is its score."""
    queries = list(counts)
    scores = np.log(np.fromiter(counts.values(), np.float64, len(queries)))
    sources, synthetic = [source] * len(queries), [False] * len(queries)
    return suggestions_of(queries, {"source": sources, "score": scores, "synthetic": synthetic})
