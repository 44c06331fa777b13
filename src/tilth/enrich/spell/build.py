"""From the texts of a catalog and the queries of a log to a speller."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.speller import (
    Exceptions,
    Mistakes,
    Speller,
    SpellerSettings,
    SpellerTables,
)
from tilth.artifacts.speller.bigrams import BigramArrays, bigram_arrays
from tilth.artifacts.speller.deletes import delete_arrays
from tilth.artifacts.speller.lexicon import KNOWN_FROM_LOG, PROTECTED, lexicon_arrays
from tilth.artifacts.speller.words import correctable, words
from tilth.enrich.spell.config import SpellConfig
from tilth.enrich.spell.counting import Counts, Floats, Numbering, count, total
from tilth.errors import DataError

_RARE = 0.01
"""What a word counts that was never seen."""


@dataclass(frozen=True)
class _Chosen:
    """The words that are kept, by falling count: their numbers, counts, flags, and from each number to its new one."""

    numbers: NDArray[np.int64]
    counts: Floats
    flags: NDArray[np.uint8]
    renumbered: NDArray[np.int64]


def build(
    texts: Iterable[tuple[str, float]],
    queries: Iterable[tuple[str, float]],
    config: SpellConfig,
    *,
    mistakes: Mistakes | None = None,
    settings: Mapping[str, object] | None = None,
) -> Speller:
    """A speller from texts and queries, each with its weight; `settings` replaces fields of `SpellerSettings`.

    Raises:
        DataError: there is no word in all of them.
    """
    numbering = Numbering()
    catalog = count(texts, numbering)
    log = count(queries, numbering)
    return assemble(numbering, catalog, log, config, mistakes=mistakes, settings=settings)


def assemble(
    numbering: Numbering,
    catalog: Counts,
    log: Counts,
    config: SpellConfig,
    *,
    mistakes: Mistakes | None = None,
    settings: Mapping[str, object] | None = None,
) -> Speller:
    """A speller from what was counted under one numbering.

    Raises:
        DataError: there is no word.
    """
    protected = {numbering.add(word.form) for entry in config.protected for word in words(entry)}
    chosen = _choose(len(numbering), catalog, log, protected, config)
    if not len(chosen.numbers):
        raise DataError("texts and queries hold no word to build a speller from")
    forms = list(numbering.of)
    kept = [forms[number] for number in chosen.numbers.tolist()]
    everything = chosen.counts.sum()
    log_p = np.log(np.maximum(chosen.counts, _RARE) / everything)
    bigrams, log_rest = _bigrams(total([catalog, total([log], config.query_weight)]), chosen, log_p, config.max_pairs)
    eligible = np.array([correctable(form) for form in kept])
    tables = SpellerTables(
        lexicon=lexicon_arrays(kept, log_p.astype(np.float32), log_rest, chosen.flags),
        bigrams=bigrams,
        deletes=delete_arrays(kept, eligible),
        mistakes=mistakes or Mistakes({}),
        exceptions=Exceptions({}),
    )
    base = SpellerSettings(unknown_log_p=float(np.log(_RARE / everything)))
    return Speller(tables, msgspec.structs.replace(base, **(settings or {})))


def _choose(size: int, catalog: Counts, log: Counts, protected: set[int], config: SpellConfig) -> _Chosen:
    of_catalog, of_log = np.zeros(size), np.zeros(size)
    of_catalog[: len(catalog.words)], of_log[: len(log.words)] = catalog.words, log.words
    of_catalog[0] = of_log[0] = 0.0
    listed = np.zeros(size, dtype=np.bool_)
    listed[list(protected)] = True
    only_log = (of_catalog == 0) & bool(of_catalog.any())  # without texts the log is all that can be trusted
    counts = of_catalog + of_log * config.query_weight * np.where(only_log, config.distrust, 1.0)
    often = (of_log > 0) & (of_log >= config.min_query_weight)
    numbers = np.flatnonzero((of_catalog > 0) | often | listed)
    order = np.lexsort((numbers, -counts[numbers], ~listed[numbers]))[: config.max_words]
    numbers = numbers[order]
    numbers = numbers[np.argsort(-counts[numbers], kind="stable")]
    renumbered = np.full(size, -1, dtype=np.int64)
    renumbered[numbers] = np.arange(len(numbers))
    flags = np.where(only_log, KNOWN_FROM_LOG, 0) | np.where(listed, PROTECTED, 0)
    return _Chosen(numbers, counts[numbers], flags[numbers].astype(np.uint8), renumbered)


def _bigrams(counts: Counts, chosen: _Chosen, log_p: Floats, most: int) -> tuple[BigramArrays, NDArray[np.float32]]:
    """The table of pairs, and what each word's followers leave to others, in logarithms."""
    size = len(chosen.numbers)
    first = chosen.renumbered[(counts.keys >> np.uint64(32)).astype(np.int64)]
    second = chosen.renumbered[(counts.keys & np.uint64(0xFFFFFFFF)).astype(np.int64)]
    kept = np.flatnonzero((first >= 0) & (second >= 0))
    kinds = np.bincount(first[kept], minlength=size).astype(np.float64)
    after = np.bincount(first[kept], weights=counts.pairs[kept], minlength=size)
    log_rest = np.zeros(size)
    some = kinds > 0
    log_rest[some] = np.log(kinds[some] / (after[some] + kinds[some]))
    if len(kept) > most:
        kept = np.sort(kept[np.argpartition(-counts.pairs[kept], most)[:most]])
    first, second, pairs = first[kept], second[kept], counts.pairs[kept]
    p = (pairs + kinds[first] * np.exp(log_p[second])) / (after[first] + kinds[first])
    keys = first.astype(np.uint64) << np.uint64(32) | second.astype(np.uint64)
    return bigram_arrays(keys, (np.log(p) - log_p[second]).astype(np.float32)), log_rest.astype(np.float32)
