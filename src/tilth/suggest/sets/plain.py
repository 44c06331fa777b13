"""What can be offered without learning: the phrases of titles, and the queries of a log."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from tilth.records import SUGGESTION_SCHEMA, Suggestions
from tilth.suggest.sets.normal import normal_form
from tilth.suggest.sets.spelling import PUNCTUATION
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
    queries: Sequence[str] = list(counts)
    columns = {
        "query": queries,
        "normal": [normal_form(query) for query in queries],
        "source": [source] * len(queries),
        "score": np.log(np.fromiter(counts.values(), np.float64, len(queries))),
        "synthetic": [False] * len(queries),
    }
    arrays = [
        pa.array(columns[column.name], column.type) if column.name in columns else pa.nulls(len(queries), column.type)
        for column in SUGGESTION_SCHEMA
    ]
    return Suggestions(pa.table(arrays, schema=SUGGESTION_SCHEMA))
