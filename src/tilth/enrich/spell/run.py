"""A speller from texts, queries and what is known of them; where too little is known to fit on, with defaults."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from tilth.artifacts.speller import Speller
from tilth.enrich.spell.build import general_words
from tilth.enrich.spell.config import SpellConfig
from tilth.enrich.spell.fit import Fitted, Pair, same, with_fit
from tilth.enrich.spell.traffic import folded
from tilth.enrich.spell.train import Corpus, fit
from tilth.errors import DataError

MIN_WRONG, MIN_RIGHT = 50, 100
"""Queries with a mistake, and without one, that a fit needs at least."""
UNFITTED = 1.0
"""Log odds from which on a change is made where nothing tells how often one is wrong: a probability of 0.73."""
MAX_RIGHT = 20_000
"""Queries of the log that are taken as right, where the known corrections name none that are."""


_DEFAULT = (
    f"the default weights are used, and a change is made from log odds {UNFITTED:g} on, so that nothing says whether "
    "max_false_corrections is kept"
)


@dataclass(frozen=True)
class Trained:
    """`fitted` is None where the default weights and `UNFITTED` are used; `notes` say why, and what was assumed."""

    speller: Speller
    fitted: Fitted | None
    known: int
    """Known corrections that change something."""
    right: int
    """Queries that count as right as they are."""
    notes: tuple[str, ...]


def run(
    config: SpellConfig,
    texts: Iterable[tuple[str, float]],
    queries: Sequence[tuple[str, float]],
    known: Iterable[Pair] = (),
    listed: Mapping[str, float] | None = None,
) -> Trained:
    """Build a speller; fit weights and threshold, out of fold, where there are known corrections enough.

    `queries` are `folded`, the most frequent first; `listed` are words of the language, each with its count. Where
    `known` names no query that is right as it is, those of the log that it does not name count as right: some have a
    mistake that nobody has listed, so that the share of false corrections is rather less than it seems.

    Raises:
        DataError: there is no word to build from.
    """
    pairs = {folded(wrong): folded(right) for wrong, right in known}
    wrong = sum(not same(*pair) for pair in pairs.items())
    right, notes = len(pairs) - wrong, list[str]()
    if wrong >= MIN_WRONG and not right:
        unnamed = [query for query, _ in queries if query not in pairs][:MAX_RIGHT]
        pairs |= {query: query for query in unnamed}
        right = len(unnamed)
        notes.append(
            f"the known corrections name no query that is right as it is: {right:,} others of the log count as right"
        )
    corpus = Corpus(texts, queries, list(pairs.items()), config, general=general_words(listed or {}))
    speller, fitted = corpus.speller(), None
    if wrong < MIN_WRONG or right < MIN_RIGHT:
        notes.append(_too_little(wrong, right))
    else:
        try:
            fitted = fit(corpus.considered(range(corpus.folds)), config.max_false_corrections)
        except DataError as exc:
            notes.append(f"{exc}; until then {_DEFAULT}")
    if fitted is None:
        settings = msgspec.structs.replace(speller.settings, threshold=UNFITTED)
        return Trained(speller.replaced(settings=settings), None, wrong, right, tuple(notes))
    return Trained(with_fit(speller, fitted), fitted, wrong, right, tuple(notes))


def _too_little(wrong: int, right: int) -> str:
    return (
        f"too little to fit on: {wrong:,} known corrections ({MIN_WRONG} are needed) and {right:,} queries that are "
        f"right ({MIN_RIGHT}); {_DEFAULT}"
    )
