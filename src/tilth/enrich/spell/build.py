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
from tilth.artifacts.speller.forest import no_trees
from tilth.artifacts.speller.hashing import Hashes
from tilth.artifacts.speller.lexicon import FROM_LIST, KNOWN_FROM_LOG, PROTECTED, lexicon_arrays
from tilth.artifacts.speller.together import TogetherArrays, together_arrays
from tilth.artifacts.speller.words import correctable, words
from tilth.enrich.spell.config import SpellConfig
from tilth.enrich.spell.counting import Counts, Floats, Numbering, count, total
from tilth.errors import DataError

_RARE = 0.01
"""What a word counts that was never seen."""
_LISTED = 0.3
"""What a word counts that only the word list has."""
_SURE = -1e-3
"""The highest logarithm of a share that is kept: 0 says that a word is not in the list."""
_NO_LIST: Mapping[str, float] = {}


@dataclass(frozen=True)
class _Chosen:
    """The words that are kept, by falling count: their numbers, counts, flags, and from each number to its new one."""

    numbers: NDArray[np.int64]
    counts: Floats
    flags: NDArray[np.uint8]
    renumbered: NDArray[np.int64]


def general_words(listed: Mapping[str, float]) -> dict[str, float]:
    """A word list in the form in which words of queries are looked up; entries that are not one word are left out."""
    found: dict[str, float] = {}
    for entry, times in listed.items():
        parts = words(entry)
        if len(parts) == 1 and correctable(parts[0].form):
            found[parts[0].form] = found.get(parts[0].form, 0.0) + times
    return found


def build(
    texts: Iterable[tuple[str, float]],
    queries: Iterable[tuple[str, float]],
    config: SpellConfig,
    *,
    general: Mapping[str, float] = _NO_LIST,
    mistakes: Mistakes | None = None,
    settings: Mapping[str, object] | None = None,
) -> Speller:
    """A speller from texts and queries, each with its weight; `general` has words of the language, each with its count
    (see `general_words`), and `settings` replaces fields of `SpellerSettings`.

    Raises:
        DataError: there is no word in texts and queries.
    """
    numbering = Numbering()
    catalog = count(texts, numbering)
    log = count(queries, numbering)
    return assemble(numbering, catalog, log, config, general=general, mistakes=mistakes, settings=settings)


def assemble(
    numbering: Numbering,
    catalog: Counts,
    log: Counts,
    config: SpellConfig,
    *,
    general: Mapping[str, float] = _NO_LIST,
    mistakes: Mistakes | None = None,
    settings: Mapping[str, object] | None = None,
) -> Speller:
    """A speller from what was counted under one numbering.

    Raises:
        DataError: there is no word.
    """
    protected = {numbering.add(word.form) for entry in config.protected for word in words(entry)}
    if not catalog.words[1:].any() and not log.words[1:].any() and not protected:
        raise DataError("texts and queries hold no word to build a speller from")
    share = _shares(numbering, general)
    chosen = _choose(share, catalog, log, protected, config)
    forms = list(numbering.of)
    kept = [forms[number] for number in chosen.numbers.tolist()]
    everything = chosen.counts.sum()
    log_p = np.log(np.maximum(chosen.counts, _RARE) / everything)
    counts = total([catalog, total([log], config.query_weight)])
    bigrams, log_rest = _bigrams(counts, chosen, log_p, config.max_pairs)
    eligible = np.array([correctable(form) for form in kept])
    tables = SpellerTables(
        lexicon=lexicon_arrays(
            kept, log_p.astype(np.float32), log_rest, chosen.flags, share[chosen.numbers].astype(np.float32)
        ),
        bigrams=bigrams,
        together=_together(counts, chosen, config.max_pairs),
        deletes=delete_arrays(kept, eligible),
        forest=no_trees(),
        mistakes=mistakes or Mistakes({}),
        exceptions=Exceptions({}),
    )
    base = SpellerSettings(unknown_log_p=float(np.log(_RARE / everything)))
    return Speller(tables, msgspec.structs.replace(base, **(settings or {})))


def _shares(numbering: Numbering, general: Mapping[str, float]) -> Floats:
    """The logarithm of each word's share of the list's counts, 0 where the list has it not."""
    numbers = np.array([numbering.add(form) for form in general], dtype=np.int64)
    counts = np.array(list(general.values()), dtype=np.float64)
    out = np.zeros(len(numbering))
    if len(counts):
        out[numbers] = np.minimum(np.log(counts / counts.sum()), _SURE)
    return out


def _choose(share: Floats, catalog: Counts, log: Counts, protected: set[int], config: SpellConfig) -> _Chosen:
    size = len(share)
    of_catalog, of_log = np.zeros(size), np.zeros(size)
    of_catalog[: len(catalog.words)], of_log[: len(log.words)] = catalog.words, log.words
    of_catalog[0] = of_log[0] = 0.0
    listed = np.zeros(size, dtype=np.bool_)
    listed[list(protected)] = True
    only_log = (of_catalog == 0) & bool(of_catalog.any())  # without texts the log is all that can be trusted
    counts = of_catalog + of_log * config.query_weight * np.where(only_log, config.distrust, 1.0)
    often = (of_log > 0) & (of_log >= config.min_query_weight)
    only_list = (share < 0) & (of_catalog == 0) & ~often
    counts[only_list] = np.maximum(counts[only_list], _LISTED)
    numbers = np.flatnonzero((of_catalog > 0) | often | listed | only_list)
    order = np.lexsort((numbers, -counts[numbers], ~listed[numbers]))[: config.max_words]
    numbers = numbers[order]
    numbers = numbers[np.argsort(-counts[numbers], kind="stable")]
    renumbered = np.full(size, -1, dtype=np.int64)
    renumbered[numbers] = np.arange(len(numbers))
    flags = np.where(only_list, FROM_LIST, np.where(only_log, KNOWN_FROM_LOG, 0)) | np.where(listed, PROTECTED, 0)
    return _Chosen(numbers, counts[numbers], flags[numbers].astype(np.uint8), renumbered)


def _together(counts: Counts, chosen: _Chosen, most: int) -> TogetherArrays:
    one = chosen.renumbered[(counts.near_keys >> np.uint64(32)).astype(np.int64)]
    other = chosen.renumbered[(counts.near_keys & np.uint64(0xFFFFFFFF)).astype(np.int64)]
    kept = np.flatnonzero((one >= 0) & (other >= 0))
    everything = float(counts.near.sum())
    if len(kept) > most:
        kept = kept[np.argpartition(-counts.near[kept], most)[:most]]
    one, other = one[kept], other[kept]
    keys: Hashes = np.maximum(one, other).astype(np.uint64) << np.uint64(32) | np.minimum(one, other).astype(np.uint64)
    return together_arrays(len(chosen.numbers), keys, counts.near[kept], everything)


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
