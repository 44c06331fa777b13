"""A speller with weights and threshold from known corrections: the whole of `tilth enrich spell` without its files."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from tilth.artifacts.speller import Speller, Weights
from tilth.enrich.spell.build import assemble
from tilth.enrich.spell.config import SpellConfig
from tilth.enrich.spell.counting import Counts, Numbering, count, total
from tilth.enrich.spell.fit import (
    Considered,
    Fitted,
    Model,
    Pair,
    consider,
    fit_model,
    fold_of,
    mistakes_of,
    rescored,
    threshold_of,
    with_fit,
)
from tilth.errors import DataError


class Corpus:
    """Texts, queries and known corrections, counted once, from which spellers are built with or without some folds.

    A query of the log that has a known correction is counted as what was wanted: the log of a fold that is left out is
    left out with its corrections, so that no speller has seen the mistakes that it is measured on. `fold` gives the
    fold of a query as typed, below `folds`; by default a hash of it. `general` has words of the language with counts.
    """

    def __init__(
        self,
        texts: Iterable[tuple[str, float]],
        queries: Iterable[tuple[str, float]],
        pairs: Sequence[Pair],
        config: SpellConfig,
        folds: int | None = None,
        fold: Callable[[str], int] | None = None,
        general: Mapping[str, float] | None = None,
    ) -> None:
        self.config, self.folds, self.general = config, folds or config.folds, general or {}
        self._fold = fold or (lambda query: fold_of(query, self.folds))
        self._numbering = Numbering()
        self._catalog = count(texts, self._numbering)
        wanted = dict(pairs)
        parts: list[list[tuple[str, float]]] = [[] for _ in range(self.folds)]
        for query, weight in queries:
            parts[self._fold(query)].append((wanted.get(query, query), weight))
        self._log: list[Counts] = [count(part, self._numbering) for part in parts]
        self.pairs: list[list[Pair]] = [[] for _ in range(self.folds)]
        for pair in pairs:
            self.pairs[self._fold(pair[0])].append(pair)

    def speller(self, without: Iterable[int] = (), weights: Weights | None = None) -> Speller:
        """Built from the catalog and all folds but those."""
        left = set(without)
        used = [fold for fold in range(self.folds) if fold not in left]
        return assemble(
            self._numbering,
            self._catalog,
            total([self._log[fold] for fold in used]),
            self.config,
            general=self.general,
            mistakes=mistakes_of(pair for fold in used for pair in self.pairs[fold]),
            settings={"weights": weights} if weights is not None else None,
        )

    def considered(self, folds: Iterable[int], without: Iterable[int] = ()) -> dict[int, list[Considered]]:
        """What a speller without the fold, and without the folds `without`, considers for the pairs of each fold."""
        left = set(without)
        return {fold: consider(self.speller(left | {fold}), self.pairs[fold]) for fold in folds}


def fit(considered: dict[int, list[Considered]], max_false_corrections: float) -> Fitted:
    """Weights and trees from all folds; the threshold and what is expected of it from margins that each fold gets by
    those of the other folds.

    Raises:
        DataError: too few pairs, or all alike.
    """
    return threshold_of(*cross_scored(considered), max_false_corrections)


def cross_scored(considered: dict[int, list[Considered]]) -> tuple[list[Considered], Model]:
    """All pairs with the margins that each fold gets by a model of the other folds, and the model of all folds.

    Raises:
        DataError: as `fit`.
    """
    if len(considered) < 2:
        raise DataError("a fit needs two folds with pairs at least")
    out: list[Considered] = []
    for fold, some in considered.items():
        others = [one for other, part in considered.items() if other != fold for one in part]
        out.extend(rescored(some, fit_model(others)))
    model = fit_model([one for some in considered.values() for one in some])
    return out, model


def train(
    texts: Iterable[tuple[str, float]], queries: Iterable[tuple[str, float]], pairs: Sequence[Pair], config: SpellConfig
) -> tuple[Speller, Fitted]:
    """A speller from everything, with weights and threshold that were fitted out of fold.

    Raises:
        DataError: no words, or too few pairs to fit.
    """
    corpus = Corpus(texts, queries, pairs, config)
    fitted = fit(corpus.considered(range(corpus.folds)), config.max_false_corrections)
    return with_fit(corpus.speller(), fitted), fitted
