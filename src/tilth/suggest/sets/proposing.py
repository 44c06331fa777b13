"""From titles and a log to suggestions for demand that neither has seen."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tilth.records import Suggestions
from tilth.suggest.sets.encoded import Encoded, Vocabulary, concatenated, encode
from tilth.suggest.sets.evidence import TitleEvidence, query_keys, title_evidence
from tilth.suggest.sets.model import ScoredSets, SetConfig, score_sets
from tilth.suggest.sets.order import Orders, fit_orders, likeliest
from tilth.suggest.sets.spelling import Spellings, learn_spellings
from tilth.suggest.sets.table import suggestions_of
from tilth.suggest.sets.title_sets import STATISTICS, WordSets, title_sets, united, word_marks

RECOMBINED = "rule:recombined"
ORDERS = 3
"""Of a set so many orders may be offered."""


@dataclass(frozen=True)
class ProposeConfig:
    """`most` suggestions, of which `variants` say in another order or spelling what others say; `order_weight`: what
    the log probability of an order counts beside the log odds of the words. Of words that no query holds, sets of three
    take those of `titles_of_three` titles and more, sets of four those of `titles_of_four`; sets of four also stand in
    two titles, or nearly side by side."""

    most: int = 1_000_000
    variants: int = 200_000
    order_weight: float = 1.5
    titles_of_three: int = 8
    titles_of_four: int = 20
    sets: SetConfig = field(default_factory=SetConfig)


@dataclass(frozen=True)
class _Read:
    vocabulary: Vocabulary
    titles: Encoded
    parts: list[Encoded]
    marks: NDArray[np.int64]

    @property
    def log(self) -> Encoded:
        return concatenated(self.parts)


def propose(titles: Sequence[str], log: Sequence[Sequence[str]], config: ProposeConfig | None = None) -> Suggestions:
    """The likeliest queries of up to four words. The score of each is the log odds of its words plus the weighted log
    probability of the way they are written: comparable, not calibrated.

    `log`: distinct queries, in at least two parts that are held out in turn. Sources are `log` (a query as it was
    typed), `title` (words that a title holds) and `rule:recombined` (words that no title holds together). `synthetic`:
    neither a query, nor ever written so in a title.

    Raises:
        DataError: the log has less than two parts, or too few of its queries are made of words of titles.
    """
    config = config or ProposeConfig()
    queries = [query for part in log for query in part]
    vocabulary = Vocabulary.of([*titles, *queries])
    read = _Read(
        vocabulary, encode(titles, vocabulary), [encode(part, vocabulary) for part in log], word_marks(len(vocabulary))
    )
    held, evidence = _held(read, config)
    scored = _most(score_sets(held, read.parts, evidence, vocabulary, read.marks, config.sets), config.most)
    spellings = learn_spellings(queries, titles)
    orders = fit_orders(read.parts, read.titles, len(vocabulary))
    return _written(scored, read, queries, orders, spellings, config)


def _held(read: _Read, config: ProposeConfig) -> tuple[WordSets, TitleEvidence]:
    """The sets that titles hold, and what titles say of words."""
    words = len(read.vocabulary)
    titles, queries = (np.bincount(texts.ids, minlength=words) for texts in (read.titles, read.log))
    worth = np.log((queries + 0.3) / (titles + 5))

    def some(least: int, sizes: Sequence[int]) -> WordSets:
        use = (queries > 0) | (titles >= least)
        return title_sets(read.titles, np.where(use, worth, -np.inf).astype(np.float32), read.marks, sizes)

    small = some(1, (1, 2))
    evidence = title_evidence(read.titles, words, small.take(small.sizes == 2))
    large = some(config.titles_of_four, (4,))
    held, apart = (large.statistics[:, STATISTICS.index(name)] for name in ("titles", "apart"))
    return united([small, some(config.titles_of_three, (3,)), large.take((held > 1) | (apart <= 1))]), evidence


def _most(scored: ScoredSets, most: int) -> ScoredSets:
    """The best, best first."""
    rows = np.argsort(-scored.odds, kind="stable")[:most]
    return ScoredSets(scored.sets.take(rows), scored.odds[rows])


def _written(
    scored: ScoredSets,
    read: _Read,
    queries: Sequence[str],
    orders: Orders,
    spellings: Spellings,
    config: ProposeConfig,
) -> Suggestions:
    """The sets as people would type them, the best `most`."""
    ordered, chance = likeliest(scored.sets.words, orders, ORDERS)
    # Any one set is seldom asked for: its log odds and its log probability are the same, up to the constant.
    value = scored.odds.astype(np.float64)[:, None] + config.order_weight * chance
    switched, rarer = _next_spellings(ordered[:, 0], read.vocabulary.words, spellings)
    value = np.column_stack([value, value[:, 0] + rarer])  # the orders, the likeliest first, then another spelling
    rows, which = _chosen(value, config)
    names = read.vocabulary.words
    words = ordered[rows, np.where(which == ORDERS, 0, which)].tolist()
    places = np.where(which == ORDERS, switched[rows], -1).tolist()
    texts = [
        spellings.write([names[word] for word in some if word >= 0], place)
        for some, place in zip(words, places, strict=True)
    ]
    typed = dict(zip(query_keys(read.log, read.marks).tolist(), queries, strict=True))
    sets = scored.sets.take(rows)
    asked = [typed.get(key) if way == 0 else None for key, way in zip(sets.keys.tolist(), which.tolist(), strict=True)]
    texts = [query or text for query, text in zip(asked, texts, strict=True)]
    return _table(texts, value[rows, which], sets, np.array([query is not None for query in asked], dtype=bool))


def _chosen(value: NDArray[np.float64], config: ProposeConfig) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sets and ways to say them by their `value` (sets, ways): the best variants, and the first way of as many sets as
    there is room for."""
    others = value[:, 1:].ravel()
    best = np.argsort(-others, kind="stable")[: config.variants]
    best = best[np.isfinite(others[best])]
    first = np.arange(min(len(value), config.most - len(best)))
    row, way = np.divmod(best, value.shape[1] - 1)
    return np.concatenate([first, row]), np.concatenate([np.zeros_like(first), 1 + way])


def _next_spellings(
    words: NDArray[np.int32], names: Sequence[str], spellings: Spellings
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For each row of `words`, in order (n, 4): the place whose next spelling is the likeliest, and how much rarer."""
    known = (spellings.inside, spellings.last)
    inside, last = (
        np.array([some[name].rarer if name in some else -np.inf for name in names] or [-np.inf]) for some in known
    )
    there = words >= 0
    is_last = np.arange(words.shape[1])[None, :] == there.sum(axis=1)[:, None] - 1
    rarer = np.where(there, np.where(is_last, last[words], inside[words]), -np.inf)
    place = rarer.argmax(axis=1)
    return place, rarer[np.arange(len(words)), place]


def _table(texts: list[str], scores: NDArray[np.float64], sets: WordSets, asked: NDArray[np.bool_]) -> Suggestions:
    held = sets.statistics[:, STATISTICS.index("titles")].astype(np.int64)
    written = sets.statistics[:, STATISTICS.index("together")] > 0
    columns = {
        "source": np.where(asked, "log", np.where(held > 0, "title", RECOMBINED)),
        "score": scores,
        "items": held,
        "synthetic": ~asked & ~written,
    }
    return suggestions_of(texts, columns)
