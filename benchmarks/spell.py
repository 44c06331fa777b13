"""Query spelling: accuracy on typos, false corrections, speed; beside symspellpy with the same dictionary.

Run: python benchmarks/spell.py [--data ../shared/data] [--only home_depot msmarco million]

home_depot: 2,360 queries with the corrections of a web search engine (silver); the other queries count as right. The
dictionary is made of the 45,325 titles and of the queries of other folds; weights, threshold and known mistakes come from
other folds too. The corrections have no query in fold 7: fold 6 is the held-out part (costs of edits were counted on
folds 0-5), and all seven folds are cross-validated, each with everything fitted on the six others.
msmarco: 6,980 web queries with one typo each; the dictionary is made of the clean queries of other folds.
million: one million made-up words, for time and size only.
"""

import argparse
import csv
import gzip
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tilth.artifacts.speller import Speller, load_speller, write_speller
from tilth.artifacts.speller.words import symbol, words
from tilth.enrich.spell import Corpus, SpellConfig, build, fit, with_fit
from tilth.enrich.spell.fit import Pair, fold_of, same
from tilth.stats import ClusterBootstrap

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
FOLDS = 10
HELD_OUT = 6
RATES = (0.01, 0.03, 0.05, 0.1)


@dataclass(frozen=True)
class World:
    """Texts for the dictionary, the log, and the pairs; `folds` are those that have queries with a mistake."""

    texts: list[str]
    queries: list[str]
    pairs: list[Pair]
    folds: tuple[int, ...]


def home_depot(folder: Path) -> World:
    with gzip.open(folder / "pairs.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (folder / "spelling.tsv").open(encoding="utf-8") as file:
        corrected = {row["query"]: row["corrected"] for row in csv.DictReader(file, delimiter="\t")}
    queries = list(dict.fromkeys([*(row["query"] for row in rows), *corrected]))
    known = {_key(query): text for query, text in corrected.items()}
    pairs = [(query, known.get(_key(query), query)) for query in queries]
    folds = sorted({fold_of(query, FOLDS) for query in corrected})
    return World(list(dict.fromkeys(row["title"] for row in rows)), queries, pairs, tuple(folds))


def msmarco(folder: Path) -> tuple[World, dict[str, str]]:
    """Also the web search engine's own corrections, by typed query."""
    clean, typed, engine = (
        dict(line.split("\t", 1) for line in (folder / name).read_text(encoding="utf-8").splitlines())
        for name in ("queries.dev.small.tsv", "queries.dev.small.typo1.tsv", "queries.dev.small.typo1.ms.tsv")
    )
    pairs = [pair for one in clean for pair in ((typed[one], clean[one]), (clean[one], clean[one]))]
    return World([], [], pairs, tuple(range(FOLDS))), {typed[one]: engine[one] for one in clean}


def _key(text: str) -> str:
    return " ".join(text.lower().split())


def report(name: str, pairs: list[Pair], texts: list[str], seconds: float | None = None) -> None:
    """Accuracy and false corrections with a bootstrap over queries, and queries a second of processor time."""
    right = np.array([same(text, wanted) for text, (_, wanted) in zip(texts, pairs, strict=True)], dtype=float)
    changed = np.array([not same(text, query) for text, (query, _) in zip(texts, pairs, strict=True)], dtype=float)
    clean = np.array([same(*pair) for pair in pairs])
    out = []
    for values in (right[~clean], changed[clean]):
        boot = ClusterBootstrap(np.arange(len(values)), n_boot=1000, seed=0)
        found = boot.estimate(float(values.mean()), boot.mean(values))
        out.append(f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]")
    speed = f"{len(pairs) / seconds:8,.0f} queries/s" if seconds else ""
    print(f"{name:44s} accuracy {out[0]} n={int((~clean).sum())}  false {out[1]} n={int(clean.sum())} {speed}", flush=True)


def timed(correct: Callable[[str], str], pairs: Iterable[Pair]) -> tuple[list[str], float]:
    start = time.process_time()
    texts = [correct(query) for query, _ in pairs]
    return texts, time.process_time() - start


def run_home_depot(folder: Path) -> None:
    world = home_depot(folder)
    corpus = Corpus(
        ((text, 1.0) for text in world.texts), ((query, 1.0) for query in world.queries), world.pairs, SpellConfig(), FOLDS
    )
    pairs: list[Pair] = []
    texts: dict[float, list[str]] = {rate: [] for rate in RATES}
    covered: list[bool] = []
    for held in world.folds:
        part = corpus.pairs[held]
        others = corpus.considered([fold for fold in world.folds if fold != held], without=[held])
        speller = corpus.speller([held])
        pairs.extend(part)
        covered.extend(covers(speller, wanted) for query, wanted in part if not same(query, wanted))
        for rate in RATES:
            fitted = with_fit(speller, fit(others, rate))
            found, seconds = timed(lambda query, use=fitted: use.correct(query).text, part)
            texts[rate].extend(found)
            if held == HELD_OUT and rate == 0.03:
                report("fold 6, fitted on 0-5 for 3 % false", part, found, seconds)
                peers(world, corpus, held, part)
                print(fitted.settings, fitted.tables.mistakes.times.__len__())
    print(f"corrections whose words are all in the dictionary: {np.mean(covered):.3f}")
    for rate, found in texts.items():
        report(f"all folds, cross-validated, for {rate:.0%} false", pairs, found)
    speed(corpus.speller(), [query for query, _ in world.pairs])


def covers(speller: Speller, text: str) -> bool:
    return all(speller.lexicon.find(symbol(word.form)) >= 0 for word in words(text))


def peers(world: World, corpus: Corpus, held: int, part: list[Pair]) -> None:
    """symspellpy with the words and pairs of words that the speller of this fold has, and their counts."""
    from symspellpy import SymSpell, Verbosity

    speller, peer = corpus.speller([held]), SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    arrays = speller.tables.lexicon
    scale = 1 / float(np.exp(speller.settings.unknown_log_p)) 
    for number, log_p in enumerate(arrays.log_p.tolist()):
        peer.create_dictionary_entry(speller.lexicon.form(number), max(int(np.exp(log_p) * scale), 1))

    def compound(query: str) -> str:
        return peer.lookup_compound(query.lower(), max_edit_distance=2, ignore_non_words=True)[0].term

    def by_word(query: str) -> str:
        return " ".join(
            word
            if any(char.isdigit() for char in word)
            else peer.lookup(word, Verbosity.TOP, max_edit_distance=2, include_unknown=True)[0].term
            for word in query.lower().split()
        )

    report("symspellpy lookup_compound, same words", part, *timed(compound, part))
    report("symspellpy word by word, same words", part, *timed(by_word, part))


def speed(speller: Speller, queries: list[str]) -> None:
    """Once through all queries in a random order with nothing remembered, then once more."""
    order = np.random.default_rng(0).permutation(len(queries))
    fresh = speller.replaced()
    for name in ("nothing remembered", "again"):
        times = []
        for place in order:
            start = time.perf_counter()
            fresh.correct(queries[place])
            times.append(time.perf_counter() - start)
        p50, p99 = np.quantile(times, (0.5, 0.99)) * 1e3
        print(f"  {len(speller.lexicon):,} words, {name}: {len(times) / sum(times):,.0f} queries/s, ", end="")
        print(f"p50 {p50:.3f} ms, p99 {p99:.3f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--only", nargs="*", default=["home_depot", "msmarco", "million"])
    arguments = parser.parse_args()
    if "home_depot" in arguments.only:
        run_home_depot(arguments.data / "home_depot")


if __name__ == "__main__":
    main()
